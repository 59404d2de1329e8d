/** @param {object} options of swc for a kind of files */
const compiler = (options) => ({ jsc: { ...options, target: 'es2022' }, module: { type: 'es6' } })

/**
 * The options common to all kinds of tests. Packages are resolved to their sources, so that tests need no build.
 * @param {string} displayName
 * @param {string[]} testMatch
 * @param {string[]} [ignored] patterns of paths
 */
export const project = (displayName, testMatch, ignored = []) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...ignored],
  // `npm run mutants` copies the packages into its sandbox.
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.stryker-tmp/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', compiler({ parser: { syntax: 'typescript' } })],
    '^.+\\.tsx$': [
      '@swc/jest',
      compiler({
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic', importSource: 'preact' } },
      }),
    ],
  },
  // Its condition `source` is TypeScript, too.
  transformIgnorePatterns: ['/node_modules/(?!eventsource-parser/)'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
})

export default {
  projects: [
    project(
      'unit',
      [
        'apps/*/src/**/*.test.{ts,tsx}',
        'packages/*/src/**/*.test.ts',
        'faults/src/**/*.test.ts',
        'bench/src/**/*.test.ts',
        'scripts/**/*.test.mjs',
      ],
      ['\\.db\\.test\\.ts$'],
    ),
    project('database', ['apps/*/src/**/*.db.test.ts', 'packages/*/src/**/*.db.test.ts']),
    project('e2e', ['e2e/src/**/*.test.ts']),
  ],
  testTimeout: 120_000,
  // For two processors: tests that stop and start processes mostly wait, so further workers use the idle time.
  maxWorkers: 4,
  testSequencer: '<rootDir>/jest.sequencer.mjs',
}
