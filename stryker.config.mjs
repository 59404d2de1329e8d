/**
 * Mutation testing of the folds (`npm run mutants`): each mutant changes one place of a rule, and an example test must
 * fail. Property tests are excluded: they compare folds with each other, so a wrong rule agrees with itself.
 */
export default {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  // Only the tests that import the mutated file run: jest would otherwise load every other ES module too.
  jest: { configFile: 'jest.mutants.config.mjs', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  mutate: ['packages/domain/src/{timing,kpi,usage,operations}/*.ts', '!**/*.test.ts'],
  ignorePatterns: [
    '**',
    '!jest*.config.mjs',
    '!package.json',
    '!packages',
    '!packages/domain/**',
    '**/dist',
    '**/.turbo',
  ],
  // swc ignores types, so the sources can run unchanged.
  disableTypeChecks: false,
  concurrency: 2,
  // No mutant can loop forever; a slow machine must not count as a killed mutant.
  timeoutMS: 60_000,
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutants/report.html' },
  jsonReporter: { fileName: 'reports/mutants/report.json' },
  thresholds: { high: 95, low: 90, break: 85 },
}
