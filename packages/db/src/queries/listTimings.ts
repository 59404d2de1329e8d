import type { CountedBucket, Duration } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type DurationFigures, figuresOf } from './timingStatistics.ts'

/** The durations of the timings of one name. */
export interface NamedFigures extends DurationFigures {
  name: string
}

/** The figures of each name that has a counted timing, sorted by name. Reads the histogram, which does not grow with time. */
export async function listTimings({ pool }: Database): Promise<NamedFigures[]> {
  const { rows } = await pool.query<CountedBucket & { name: string; max: Duration }>(
    `with counted as materialized (
       select name, bucket, sum(count)::bigint as count from timing_histogram group by name, bucket having sum(count) > 0),
     longest as materialized (
       select each.name, t.duration as max
         from (select distinct name from counted) each
         cross join lateral (select duration from timing where timing.name = each.name and duration is not null
                              order by duration desc limit 1) t)
     select name, bucket, count, max from counted join longest using (name) order by name collate "C", bucket`,
  )
  const names = new Map<string, { max: Duration; counted: CountedBucket[] }>()
  for (const { name, max, ...counted } of rows) {
    const entry = names.get(name) ?? { max, counted: [] }
    entry.counted.push(counted)
    names.set(name, entry)
  }
  return [...names].map(([name, { max, counted }]) => ({ name, ...figuresOf(counted, max) }))
}
