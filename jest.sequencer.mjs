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
  'e2e/src/faults.test.ts': 150,
  'e2e/src/browser/pages.test.ts': 125,
  'e2e/src/webhook.test.ts': 80,
  'packages/db/src/arrivals/arrivals.db.test.ts': 55,
  'e2e/src/brokerFailover.test.ts': 55,
  'e2e/src/alerts.test.ts': 145,
  'e2e/src/operatorCrash.test.ts': 57,
  'e2e/src/stopAndStart.test.ts': 50,
  'e2e/src/firstMinute.test.ts': 45,
  'e2e/src/anyOrder.test.ts': 40,
  'e2e/src/wireFormats.test.ts': 35,
  'e2e/src/exchanges.test.ts': 35,
  'e2e/src/plantedFaults.test.ts': 35,
  'packages/jobs/src/workers.db.test.ts': 32,
  'e2e/src/capturedFormats.test.ts': 30,
  'e2e/src/operator.test.ts': 30,
  'e2e/src/refold.test.ts': 30,
  'e2e/src/simulated.test.ts': 30,
  'apps/api/src/slow.db.test.ts': 30,
  'e2e/src/importExport.test.ts': 26,
  'e2e/src/metrics.test.ts': 26,
  'e2e/src/replica.test.ts': 26,
  'e2e/src/verification.test.ts': 23,
  'e2e/src/bench.test.ts': 22,
  'e2e/src/captured.test.ts': 22,
  'e2e/src/operatorUsage.test.ts': 22,
  'e2e/src/publishing.test.ts': 20,
  'e2e/src/reportSchedules.test.ts': 20,
  'e2e/src/situations.test.ts': 20,
  'e2e/src/hostileSecrets.test.ts': 17,
  'e2e/src/todaysRules.test.ts': 17,
  'apps/worker/src/jobs/handlers/refold/refold.db.test.ts': 17,
  'e2e/src/ingest.test.ts': 15,
  'e2e/src/stacky.test.ts': 15,
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
