import type { CountedBucket, Duration } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type DurationFigures, figuresOf } from './timingStatistics.ts'

/** The durations of all timings of a name. */
export interface TimingRow extends DurationFigures {
  /** An event without .start or .end. */
  name: string
}

/** The durations of all names that have a counted timing, sorted by name. Its cost depends on the number of names only. */
export async function timingOverview({ pool }: Database): Promise<TimingRow[]> {
  const { rows } = await pool.query<CountedBucket & { name: string; max: Duration }>(
    `with recursive name_scan as (
       (select name from timing_histogram order by name limit 1)
       union all
       select (select h.name from timing_histogram h where h.name > name_scan.name order by h.name limit 1)
         from name_scan where name_scan.name is not null
     )
     select each.name, longest.duration as max, counted.bucket, counted.count
       from name_scan as each
       cross join lateral (select t.duration from timing t where t.name = each.name and t.duration is not null
                            order by t.duration desc limit 1) as longest
       cross join lateral (select h.bucket, sum(h.count)::bigint as count from timing_histogram h
                            where h.name = each.name group by h.bucket having sum(h.count) > 0) as counted
      order by each.name collate "C", counted.bucket`,
  )
  const names = new Map<string, { max: Duration; counted: CountedBucket[] }>()
  for (const { name, max, bucket, count } of rows) {
    const entry = names.get(name) ?? { max, counted: [] }
    entry.counted.push({ bucket, count })
    names.set(name, entry)
  }
  return [...names].map(([name, { max, counted }]) => ({ name, ...figuresOf(counted, max) }))
}
