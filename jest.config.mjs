/** What every kind of test has in common. Packages are taken from their sources, so that no test needs a build of them. */
export const project = (displayName, testMatch, ignored = []) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...ignored],
  // A sandbox of `npm run mutants` holds the packages once more.
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.stryker-tmp/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
})

export default {
  projects: [
    project(
      'unit',
      [
        'apps/*/src/**/*.test.ts',
        'packages/*/src/**/*.test.ts',
        'faults/src/**/*.test.ts',
        'bench/src/**/*.test.ts',
        'scripts/**/*.test.ts',
      ],
      ['\\.db\\.test\\.ts$'],
    ),
    project('database', ['apps/*/src/**/*.db.test.ts', 'packages/*/src/**/*.db.test.ts']),
    project('e2e', ['e2e/src/**/*.test.ts']),
  ],
  testTimeout: 120_000,
  // On two processors: tests of processes mostly wait for them, so a third worker fills the gaps.
  maxWorkers: 3,
  testSequencer: '<rootDir>/jest.sequencer.mjs',
  reporters: ['default', '<rootDir>/jest.slowest.mjs'],
}
