export { createPages, type Pages, type PagesOptions } from './http/createPages.ts'
