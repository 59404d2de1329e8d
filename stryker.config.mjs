/**
 * Mutants of the folds: each changes one place of a rule, and the examples beside it have to notice. `npm run mutants`.
 * Property tests take no part: they hold folds against each other, and a wrong rule agrees with itself.
 */
export default {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  // A mutant is tried by the tests that import its file: of ES modules every other would be loaded for it too.
  jest: { configFile: 'jest.mutants.config.mjs', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  mutate: ['packages/domain/src/{timing,kpi,usage}/*.ts', '!**/*.test.ts'],
  ignorePatterns: [
    '**',
    '!jest*.config.mjs',
    '!package.json',
    '!packages',
    '!packages/domain/**',
    '**/dist',
    '**/.turbo',
  ],
  // Nothing here looks at types, so the sources run as they are.
  disableTypeChecks: false,
  concurrency: 2,
  // No mutant can loop for ever; a busy machine must not count as a kill.
  timeoutMS: 60_000,
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutants/report.html' },
  jsonReporter: { fileName: 'reports/mutants/report.json' },
  thresholds: { high: 95, low: 90, break: 85 },
}
