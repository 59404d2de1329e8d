import type { Duration, Instant, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import {
  conditions,
  deploymentNamed,
  type NotificationFilter,
  periodToSearch,
  searchedServices,
} from './findNotifications.ts'
import { notificationTable } from './listedNotification.ts'
import { Parameters } from './parameters.ts'

/** Numbers of notifications by steps of time. */
export interface NotificationHistogram {
  /** The period that was counted; it begins later than requested if there are more matches than the limit. */
  period: TimePeriod
  /** Whether the period begins later than requested. */
  isPartial: boolean
  step: Duration
  /** Steps with notifications, oldest first. A step begins at a multiple of its length. */
  counts: { from: Instant; count: number }[]
}

interface HistogramOptions {
  /** Lengths of a step to choose from. */
  steps: readonly Duration[]
  /** The shortest step is chosen that gives no more bars than this. */
  maxBars: number
  /** Matches of a service that are counted at most, newest first: what is read. */
  limit: number
}

/** Counts the notifications that meet all conditions, newest first up to the limit, by steps of time. */
export async function notificationHistogram(
  db: Database,
  filter: NotificationFilter & { period: TimePeriod },
  { steps, maxBars, limit }: HistogramOptions,
): Promise<NotificationHistogram> {
  const parameters = new Parameters()
  const { from, until } = filter.period
  const deployment = filter.deployment === undefined ? null : await deploymentNamed(db, filter.deployment)
  const scans: string[] = []
  for (const service of searchedServices(filter)) {
    if (deployment === undefined) break
    const period = await periodToSearch(db, service, filter)
    if (period === null) continue
    scans.push(
      `(select '${service}' as service, n."when" from ${notificationTable[service]} n
         where ${conditions(service, filter, { deployment, period }, parameters).join(' and ')}
         order by n."when" desc, n.id desc limit ${parameters.bind(limit)})`,
    )
  }
  const none = { period: filter.period, isPartial: false, step: Math.max(...steps), counts: [] }
  if (scans.length === 0) return none
  const [first, last] = [`${parameters.bind(from)}::bigint`, `${parameters.bind(until)}::bigint`]
  const [lengths, most, read] = [parameters.bind(steps), parameters.bind(maxBars), parameters.bind(limit)]
  const { rows } = await db.pool.query<{ start: Instant; step: Duration; from: Instant | null; count: number }>(
    `with matching as materialized (${scans.join(' union all ')}),
          counted as (
            select greatest(${first}, max(oldest) filter (where number >= ${read}::bigint)) as start
              from (select min("when") as oldest, count(*) as number from matching group by service) of_service),
          chosen as (
            select start, (select coalesce(min(step) filter (where (${last} - start) / step < ${most}::bigint), max(step))
                             from unnest(${lengths}::bigint[]) as step) as step
              from counted)
     select start, step, "when" - "when" % step as "from", count("when") as count
       from chosen left join matching on "when" >= start
      group by 1, 2, 3 order by 3`,
    parameters.values,
  )
  const [row] = rows
  if (row === undefined) return none
  return {
    period: { from: row.start, until },
    isPartial: row.start > from,
    step: row.step,
    counts: rows.flatMap(({ from, count }) => (from === null ? [] : [{ from, count }])),
  }
}
