import { DAY, floorTo, HOUR, type Instant, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { inSnapshot } from '../reports/snapshot.ts'
import { keptSince } from '../store/horizon.ts'
import { auditsDue } from './auditsDue.ts'
import { instancesOf, type UsageScope } from './instancesOf.ts'
import { type ReadUsage, readUsage } from './readUsage.ts'

/** Exists in memory at once, if each hour of each instance has one. */
const EXISTS_PER_BATCH = 20_000

const MAX_INSTANCES_PER_BATCH = 500

/**
 * The usage of instances in a period, by instance id, in batches. Each batch is of one snapshot, and none stays open while
 * the caller handles a batch. Includes instances that existed in the period, and those whose life is unknown.
 */
export async function* usagePages(db: Database, scope: UsageScope, now: Instant): AsyncGenerator<ReadUsage[], void> {
  const { from, until } = scope.period
  const hours = Math.max(1, (until - from) / HOUR)
  const limit = Math.max(1, Math.min(MAX_INSTANCES_PER_BATCH, Math.floor(EXISTS_PER_BATCH / hours)))
  for (let after: string | undefined = scope.after ?? ''; after !== undefined; ) {
    const start: string = after
    const batch = await inSnapshot(db, async (client) => {
      const instances = await instancesOf(client, { ...scope, after: start }, limit)
      const due = await auditsDue(client, until, now)
      const usages = await readUsage(
        client,
        instances.map((instance) => ({ instance, from, until })),
        due,
      )
      return { usages, last: instances.length < limit ? undefined : instances.at(-1) }
    })
    yield batch.usages
    after = batch.last
  }
}

/**
 * Whether the usage of a period can be final: all its days are closed, and retention has not deleted any of it. Whether it
 * is final depends also on each instance.
 */
export async function isClosed({ pool }: Database, { from, until }: TimePeriod): Promise<boolean> {
  const horizon = await keptSince(pool, ['aggregates'])
  if (horizon !== null && from < horizon) return false
  const first = floorTo(from, DAY)
  const days = Math.ceil((until - first) / DAY)
  const { rows } = await pool.query<{ closed: number }>(
    'select count(*) as closed from usage_closed where day >= $1 and day < $2',
    [first, until],
  )
  return rows[0]?.closed === days
}
