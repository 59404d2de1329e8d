import type { TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { Parameters } from '../queries/parameters.ts'

export interface EventCount {
  event: string
  count: number
}

/**
 * Counts stored notifications by event, in a period or all. It reads the index of events and times, not the notifications,
 * seven million entries per second. Counts kept when a notification is stored would make all processes that store wait for
 * each other at the row of the most frequent event.
 *
 * @param event null counts every event that occurs
 */
export async function countEvents(
  { pool }: Database,
  service: 'nova' | 'glance',
  { event, period }: { event: string | null; period: TimePeriod | null },
): Promise<EventCount[]> {
  const parameters = new Parameters()
  const names =
    event === null
      ? `(select name from event where service = '${service}')`
      : `(select ${parameters.bind(event)}::text as name)`
  const bounds =
    period === null
      ? ''
      : `and n."when" >= ${parameters.bind(period.from)}::bigint and n."when" < ${parameters.bind(period.until)}::bigint`
  const { rows } = await pool.query<EventCount>(
    `select names.name as event, counted.count
       from ${names} as names
       cross join lateral (
         select count(*) as count from notification_${service} n where n.event = names.name ${bounds}
       ) as counted
      ${event === null ? 'where counted.count > 0' : ''}
      order by 1`,
    parameters.values,
  )
  return rows
}
