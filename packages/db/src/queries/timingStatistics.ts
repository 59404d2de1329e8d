import { type Bucket, bucketOf, type CountedBucket, type Duration, type Instant, percentileOf } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { Queryable } from '../sql/transaction.ts'

/** Durations of the finished operations of a name, from the histogram: a percentile is at most 4.6 % too long. */
export interface DurationFigures {
  count: number
  median: Duration
  p95: Duration
  p99: Duration
  max: Duration
  /** Only those with a duration, shortest first. `until` is infinite in the last possible one, above 49 days. */
  buckets: (Bucket & { count: number })[]
}

export interface TimingStatistics extends DurationFigures {
  name: string
  /** By the deployment that reported the end, sorted by name. The maximum is as exact as the percentiles. */
  byDeployment: (DurationFigures & { deployment: string | null })[]
}

/** The durations of all timings of a name (an event without .start or .end); null if none is counted. */
export async function timingStatistics(
  { pool }: Database,
  { name }: { name: string },
): Promise<TimingStatistics | null> {
  const { rows } = await pool.query<CountedBucket & { id: number; deployment: string | null; max: Duration }>(
    `select h.deployment_id as id, d.name as deployment, h.bucket, sum(h.count)::bigint as count,
            (select t.duration from timing t where t.name = $1 and t.duration is not null
              order by t.duration desc limit 1) as max
       from timing_histogram h left join deployment d on d.id = h.deployment_id
      where h.name = $1 group by h.deployment_id, d.name, h.bucket having sum(h.count) > 0
      order by d.name collate "C", h.deployment_id, h.bucket`,
    [name],
  )
  const [first] = rows
  if (first === undefined) return null
  const { max } = first
  const all = new Map<number, number>()
  for (const { bucket, count } of rows) all.set(bucket, (all.get(bucket) ?? 0) + count)
  const counted = [...all].map(([bucket, count]) => ({ bucket, count })).sort((a, b) => a.bucket - b.bucket)
  const deployments = new Map<number, typeof rows>()
  for (const row of rows) deployments.set(row.id, [...(deployments.get(row.id) ?? []), row])
  return {
    name,
    ...figuresOf(counted, max),
    byDeployment: [...deployments.values()].map((own) => ({
      deployment: own[0]?.deployment ?? null,
      ...figuresOf(own, Math.min(max, bucketOf(own.at(-1)?.bucket ?? 0).until)),
    })),
  }
}

/** The figures of the durations in buckets, which are in ascending order. */
export function figuresOf(counted: readonly CountedBucket[], max: Duration): DurationFigures {
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    median: percentileOf(counted, 50, max),
    p95: percentileOf(counted, 95, max),
    p99: percentileOf(counted, 99, max),
    max,
    buckets: counted.map(({ bucket, count }) => ({ ...bucketOf(bucket), count })),
  }
}

/** A percentile of the durations of each name, over all deployments; names without a counted timing are left out. */
export async function percentilesOfNames(
  { pool }: { pool: Queryable },
  names: readonly string[],
  percent: number,
): Promise<Map<string, Duration>> {
  if (names.length === 0) return new Map()
  const { rows } = await pool.query<{ name: string; max: Duration; bucket: number; count: number }>(
    `select each.name, longest.duration as max, counted.bucket, counted.count
       from unnest($1::text[]) as each(name)
       cross join lateral (select t.duration from timing t where t.name = each.name and t.duration is not null
                            order by t.duration desc limit 1) as longest
       cross join lateral (select h.bucket, sum(h.count)::bigint as count from timing_histogram h
                            where h.name = each.name group by h.bucket having sum(h.count) > 0) as counted
      order by each.name, counted.bucket`,
    [names],
  )
  const buckets = new Map<string, { max: Duration; counted: CountedBucket[] }>()
  for (const { name, max, bucket, count } of rows) {
    const entry = buckets.get(name) ?? { max, counted: [] }
    entry.counted.push({ bucket, count })
    buckets.set(name, entry)
  }
  return new Map([...buckets].map(([name, { max, counted }]) => [name, percentileOf(counted, percent, max)]))
}

/** A timing with both ends. */
export interface SlowTiming {
  id: number
  instance: string
  requestId: string
  start: Instant
  end: Instant
  duration: Duration
  deployment: string | null
}

/** Position of a timing in a list by duration. */
export interface DurationCursor {
  duration: Duration
  id: number
}

/** The timings of a name with the longest durations, longest first; with `after` only those behind it in this order. */
export async function slowestTimings(
  { pool }: Database,
  { name, after, limit }: { name: string; after?: DurationCursor | undefined; limit: number },
): Promise<SlowTiming[]> {
  const { rows } = await pool.query<SlowTiming>(
    `select t.id, t.instance, t.start_request_id as "requestId", t.start_when as start, t.end_when as "end", t.duration,
            d.name as deployment
       from (select id from timing
              where name = $1 and duration is not null ${after === undefined ? '' : 'and (duration, id) < ($3::bigint, $4::bigint)'}
              order by duration desc, id desc limit $2) page
       join timing t using (id) left join deployment d on d.id = t.end_deployment_id
      order by t.duration desc, t.id desc`,
    after === undefined ? [name, limit] : [name, limit, after.duration, after.id],
  )
  return rows
}
