import { project } from './jest.config.mjs'

/** The examples beside the folds, for `npm run mutants`: each mutant runs those that reach it. */
const folds = project('folds', ['packages/domain/src/{timing,kpi,usage}/*.test.ts'])

export default { ...folds, bail: 1 }
