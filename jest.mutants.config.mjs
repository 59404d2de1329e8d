import { project } from './jest.config.mjs'

/** The example tests of the folds, for `npm run mutants`, which runs those that reach a mutant. */
const folds = project('folds', ['packages/domain/src/{timing,kpi,usage,operations}/*.test.ts'])

export default { ...folds, bail: 1 }
