import type { Database } from '../connection/open.ts'

export interface TimingSummary {
  /** Event name without .start. */
  name: string
  count: number
  /** Microseconds, as are the other two. */
  min: number
  max: number
  /** Truncated to microseconds. */
  average: number
}

/** Summarizes $1 timings in order of time, after skipping the first $2. */
const firstTimings = `
  select count(*) as count, min(duration) as min, max(duration) as max, div(sum(duration), nullif(count(*), 0))::bigint as average
    from (select duration from timing
           where name = each.name and counted
           order by "when", id limit $1 offset $2) first_timings`

/** Distinct names of timings by a loose index scan: its cost depends on the number of names only. */
const names = `
  with recursive name_scan as (
    (select name from timing order by name limit 1)
    union all
    select (select t.name from timing t where t.name > name_scan.name order by t.name limit 1) from name_scan where name_scan.name is not null
  ), each as (select name from name_scan where name is not null)`

/** Summary of all timings with a duration of at least 0 ("counted"), which the index on duration can answer alone. */
const all = `
  select count(*) as count, min(duration) as min, max(duration) as max, div(sum(duration), nullif(count(*), 0))::bigint as average
    from timing
   where name = each.name and duration >= 0`

/**
 * Summarizes, per name, the first `limit` counted timings (null: all) after the first `offset`; includes timings whose
 * notifications were deleted. Sorted by the name of the .start event, as in StackTach: `resize.prep` before `resize`. Names
 * without counted timings are omitted.
 */
export async function timingSummary(
  db: Database,
  { limit, offset }: { limit: number | null; offset: number },
): Promise<TimingSummary[]> {
  const whole = limit === null && offset === 0
  const { rows } = await db.pool.query<TimingSummary>(
    `${names}
     select each.name, s.* from each cross join lateral (${whole ? all : firstTimings}) s
      where s.count > 0
      order by (each.name || '.start') collate "C"`,
    whole ? [] : [limit, offset],
  )
  return rows
}
