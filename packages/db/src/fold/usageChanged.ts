import { DAY, HOUR, type Instant } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/**
 * A day is closed some time after its end. From this time before its end on, changes are queued, so that none is lost
 * whose transaction ends while the day is being closed.
 */
const MARGIN = HOUR

/**
 * Queues the time of verified or failed exists, if its first day is closed or about to be: the usage of closed days is then
 * compared with what it was. On-time verdicts of other hours are not queued.
 *
 * @param ids of nova's exists
 */
export async function queueVerdicts(client: Queryable, ids: readonly number[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `insert into usage_changed (instance, "from", until)
     select instance, audit_period_beginning, audit_period_ending from instance_exists
      where id = any($1) and audit_period_beginning < audit_period_ending
        and (audit_period_beginning / ${DAY} + 1) * ${DAY} <= $2
      order by id`,
    [ids, now + MARGIN],
  )
}

/** Time of an instance in which its usage may have changed. */
export interface ChangedTime {
  instance: string
  from: Instant
  until: Instant
}

/** Queues time whose exists were deleted. */
export async function queueChanges(client: Queryable, changes: readonly ChangedTime[]): Promise<void> {
  if (changes.length === 0) return
  await client.query(
    `insert into usage_changed (instance, "from", until)
     select * from unnest($1::text[], $2::bigint[], $3::bigint[])`,
    [changes.map(({ instance }) => instance), changes.map(({ from }) => from), changes.map(({ until }) => until)],
  )
}
