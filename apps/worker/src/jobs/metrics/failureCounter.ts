import { type Database, failedNames, listDeployments, type NewFailures } from '@stacktach/db'
import type { Metrics } from '@stacktach/runtime'

/**
 * The counter of failures. It starts at 0 for the operations that have failed before, because Prometheus does not see an
 * increase in the first value of a series.
 *
 * @returns counts new failures
 */
export async function failureCounter(
  metrics: Metrics,
  database: Database,
): Promise<(failures: readonly NewFailures[]) => void> {
  const counter = metrics.counter({
    name: 'failures_total',
    help: 'Failed attempts of operations, counted when they are stored.',
    labels: ['deployment', 'event'],
  })
  const deployments = await listDeployments(database)
  for (const event of await failedNames(database)) {
    for (const { name: deployment } of deployments) counter.inc({ deployment, event }, 0)
  }
  return (failures) => {
    for (const { deployment, name: event, count } of failures) counter.inc({ deployment, event }, count)
  }
}
