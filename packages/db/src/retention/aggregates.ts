import type { Instant } from '@stacktach/domain'
import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { keptSince, raiseHorizon, readHorizon } from '../store/horizon.ts'

/** Instances deleted in one transaction. */
const INSTANCES_PER_BATCH = 1_000

/**
 * Conditions, by table, of old rows that later notifications cannot change and that no verdict needs. Their instances may
 * still exist.
 */
const deletable = {
  operation: 'end_when is not null and "when" < $1 and end_when < $1',
  failure: '"when" < $1',
  timing: 'end_when is not null and "when" < $1 and end_when < $1',
  request_tracker: 'start_when < $1 and coalesce(end_when, start_when) < $1',
  pruned_start:
    '"when" < $1 and not exists (select from request_tracker t where t.request_id = pruned_start.request_id)',
  instance_exists: `"when" < $1 and status = any('{verified,failed}')`,
  image_exists: `"when" < $1 and status = any('{verified,failed}')`,
  missing_exists: 'until < $1',
  usage_day: 'day < $1',
  usage_correction: '"at" < $1 and day < $1',
  outbox: `notification_when < $1 and send_status is distinct from 0
           and not exists (select from webhook_delivery d where d.outbox_id = outbox.id and d.next_attempt_at is not null)`,
} as const

/** Tables whose rows are deleted with their instance. */
const instanceTables = [
  'timing',
  'operation',
  'failure',
  'instance_launch',
  'instance_delete',
  'instance_exists',
  'instance_boundary',
] as const

/**
 * Deletes aggregates from before an instant whose notifications are dropped: all aggregates of instances and images without
 * later notifications, and finished ones of the others. Launches and deletes of instances that still exist stay, because
 * their exists are verified against them.
 *
 * @returns the number of deleted rows by table
 */
export async function pruneAggregates(pool: pg.Pool, before: Instant): Promise<Record<string, number>> {
  const nova = await readHorizon(pool, 'nova')
  const glance = await readHorizon(pool, 'glance')
  const deleted: Record<string, number> = {}
  const count = (table: string, rows: number | null) => {
    deleted[table] = (deleted[table] ?? 0) + (rows ?? 0)
  }
  if (nova === null && glance === null) return deleted
  const instant = Math.min(before, nova ?? before, glance ?? before)
  await raiseHorizon(pool, 'aggregates', instant)
  if (nova !== null) while ((await deleteInstances(pool, instant, count)) === INSTANCES_PER_BATCH);
  for (const [table, condition] of Object.entries(deletable)) {
    const horizon = table === 'image_exists' ? glance : nova
    if (horizon !== null)
      count(table, (await pool.query(`delete from ${table} where ${condition}`, [instant])).rowCount)
  }
  if (glance !== null) {
    const images = await pool.query<{ uuid: string }>(
      'delete from image_delete where "when" < $1 and deleted_at < $1 returning uuid',
      [instant],
    )
    count('image_delete', images.rowCount)
    const usages = await pool.query('delete from image_usage where uuid = any($1) and "when" < $2', [
      images.rows.map(({ uuid }) => uuid),
      instant,
    ])
    count('image_usage', usages.rowCount)
  }
  await deleteEmptyCounts(pool, instant)
  await deleteOriginals(pool)
  return deleted
}

/** Deletes a batch of instances. A concurrent fold of one of them detects the missing lifecycle, rolls back and repeats. */
function deleteInstances(
  pool: pg.Pool,
  before: Instant,
  count: (table: string, rows: number | null) => void,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ instance: string }>(
      `delete from lifecycle where notification_when < $1 and folded_when < $1 and instance in (
         select instance from lifecycle where notification_when < $1 and folded_when < $1
          order by instance limit $2 for update)
       returning instance`,
      [before, INSTANCES_PER_BATCH],
    )
    const instances = rows.map(({ instance }) => instance)
    count('lifecycle', instances.length)
    for (const table of instanceTables) {
      count(table, (await client.query(`delete from ${table} where instance = any($1)`, [instances])).rowCount)
    }
    return instances.length
  })
}

/** Deletes the counts of audit periods whose exists were deleted: the rows of all writers add up to zero. */
async function deleteEmptyCounts(client: Queryable, before: Instant): Promise<void> {
  const key = 'service, period_start, period_end, deployment_id, status, reason, published'
  await client.query(
    `delete from exists_count where (${key}) in (
       select ${key} from exists_count where service in ('nova', 'glance') and period_start < $1
        group by ${key} having sum(count) = 0)`,
    [before],
  )
}

/** Deletes kept originals that no exists and no outbox message refers to. */
async function deleteOriginals(client: Queryable): Promise<void> {
  const horizon = await keptSince(client, ['aggregates'])
  if (horizon === null) return
  await client.query(
    `delete from kept_original original
      where not exists (select from outbox o
                         where o.service = original.service and o.notification_id = original.notification_id)
        and not exists (select from instance_exists e where original.service = 'nova' and e.notification_id = original.notification_id)
        and not exists (select from image_exists e where original.service = 'glance' and e.notification_id = original.notification_id)`,
  )
}
