import { type Database, isTransient } from '@stacktach/db'
import { captured, everyAggregate, publish } from '@stacktach/testing'
import { startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const FAILOVER_TIMEOUT_MS = 120_000

/** The messages of a failover test: half of them are published before the fault, half after it. */
export const failoverMessages = captured('nova_both_failures')

export const firstHalf = failoverMessages.slice(0, Math.ceil(failoverMessages.length / 2))
export const secondHalf = failoverMessages.slice(firstHalf.length)

/** What a fault changed. Seconds are from the fault on. */
export interface Failover {
  fault: string
  secondsUntilStored: number
  secondsUntilAggregated: number
  lost: number
  duplicate: number
  different: number
}

/** The aggregates of all messages without a fault. */
export async function undisturbed(): Promise<Record<string, string[]>> {
  const pipeline = await startPipeline(['east'])
  try {
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, failoverMessages)
    await pipeline.settled(failoverMessages.length)
    return await everyAggregate(pipeline.database)
  } finally {
    await pipeline.stop()
  }
}

/**
 * Causes a fault, publishes the second half of the messages, and waits until all of them are stored and aggregated.
 * Prints the row of docs/faults.md.
 *
 * @param cause resolves when the fault has happened
 * @param database reads what is stored; it follows the failover itself
 * @param expected from `undisturbed`
 */
export async function measureFailover(
  fault: string,
  cause: () => Promise<void>,
  publishRest: () => Promise<unknown>,
  database: () => Database,
  expected: Record<string, string[]>,
): Promise<Failover> {
  const causedAt = performance.now()
  await cause()
  const seconds = () => Math.round((performance.now() - causedAt) / 100) / 10
  const publishing = publishRest()
  let state = { stored: 0, distinct: 0, backlog: 0 }
  const read = async () => {
    const { rows } = await database().pool.query<typeof state>(
      `select count(*)::int as stored, count(distinct message_id)::int as distinct,
              (select count(*) from backlog)::int as backlog from notification_nova`,
    )
    state = rows[0] ?? state
  }
  const reaches = async (condition: () => boolean) =>
    read().then(condition, (error: unknown) => {
      if (!isTransient(error)) throw error
      return false
    })
  const describe = () => JSON.stringify(state)
  await until(() => reaches(() => state.stored > firstHalf.length), FAILOVER_TIMEOUT_MS, describe)
  const secondsUntilStored = seconds()
  await publishing
  const total = failoverMessages.length
  await until(() => reaches(() => state.distinct >= total && state.backlog === 0), FAILOVER_TIMEOUT_MS, describe)
  const secondsUntilAggregated = seconds()
  const aggregates = await everyAggregate(database())
  const failover = {
    fault,
    secondsUntilStored,
    secondsUntilAggregated,
    lost: total - state.distinct,
    duplicate: state.stored - state.distinct,
    different: differentRows(aggregates, expected),
  }
  process.stdout.write(`${Object.values(failover).join(' | ')}\n`)
  return failover
}

/** Rows that are in one of the two only. */
function differentRows(actual: Record<string, string[]>, expected: Record<string, string[]>): number {
  return Object.keys(expected).reduce((sum, table) => {
    const [a, b] = [new Set(actual[table]), new Set(expected[table])]
    return sum + [...a].filter((row) => !b.has(row)).length + [...b].filter((row) => !a.has(row)).length
  }, 0)
}
