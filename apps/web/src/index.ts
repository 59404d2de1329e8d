export { createPages, type Pages, type PagesOptions } from './http/createPages.ts'
export { pagePaths } from './pages/index.ts'
