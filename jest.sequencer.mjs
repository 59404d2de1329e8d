import { createRequire } from 'node:module'

// A CommonJS package: `default` is the class itself only for require.
/** @type {{ default: typeof import('@jest/test-sequencer').default }} */
const { default: TestSequencer } = createRequire(import.meta.url)('@jest/test-sequencer')

/** @typedef {import('@jest/test-result').Test} Test */

/**
 * Approximate seconds of the slow files, for a fresh clone; afterwards jest knows the duration of each file. Long files
 * start first, so that no worker runs one alone at the end.
 * @type {Record<string, number>}
 */
const seconds = {
  'e2e/src/faults.test.ts': 190,
  'e2e/src/stopAndStart.test.ts': 60,
  'e2e/src/firstMinute.test.ts': 40,
  'e2e/src/anyOrder.test.ts': 40,
  'e2e/src/operatorCrash.test.ts': 57,
  'e2e/src/exchanges.test.ts': 50,
  'e2e/src/situations.test.ts': 50,
  'e2e/src/situations/deletes.test.ts': 40,
  'e2e/src/situations/hours.test.ts': 40,
  'e2e/src/situations/launches.test.ts': 40,
  'e2e/src/situations/otherServices.test.ts': 40,
  'e2e/src/plantedFaults.test.ts': 35,
  'e2e/src/bench.test.ts': 35,
  'apps/api/src/slow.db.test.ts': 30,
  'e2e/src/reports.test.ts': 30,
  'e2e/src/tour.test.ts': 25,
  'e2e/src/wireFormats.test.ts': 25,
  'e2e/src/hostileSecrets.test.ts': 25,
  'e2e/src/capturedFormats.test.ts': 25,
  'e2e/src/replica.test.ts': 25,
  'apps/worker/src/jobs/handlers/retention.db.test.ts': 20,
  'apps/api/src/endpoints.plans.db.test.ts': 20,
}

/**
 * Seconds of all other files, by the kind of test.
 * @type {[RegExp, number][]}
 */
const defaults = [
  [/e2e.src.[^/\\]*$/, 10],
  [/\.db\.test\.ts$/, 5],
  [/./, 1],
]

export default class LongestFirst extends TestSequencer {
  /**
   * @override
   * @param {Test[]} tests
   */
  sort(tests) {
    /** @param {Test} test */
    const expected = (test) => {
      const { path, context } = test
      const file = path.slice(context.config.rootDir.length + 1).replaceAll('\\', '/')
      return test.duration ?? 1000 * (seconds[file] ?? defaults.find(([pattern]) => pattern.test(file))?.[1] ?? 1)
    }
    const durations = new Map(tests.map((test) => [test, expected(test)]))
    return [...tests].sort((a, b) => (durations.get(b) ?? 0) - (durations.get(a) ?? 0))
  }
}
