import type { Database } from '../connection/open.ts'

export interface TimingSummary {
  /** The event without .start. */
  name: string
  count: number
  /** Microseconds, as are the other two. */
  min: number
  max: number
  /** Cut to the microsecond. */
  average: number
}

type Row = { name: string; count: string; min: string; max: string; average: string }

/** The first ones in order of time: at most $1, after $2. */
const firstOnes = `
  select count(*) as count, min(duration) as min, max(duration) as max, div(sum(duration), nullif(count(*), 0)) as average
    from (select duration from timing
           where name = each.name and counted
           order by "when", id limit $1 offset $2) first_ones`

/** The names of timings: a walk from one to the next along the index, whose cost is the number of names. */
const names = `
  with recursive walk as (
    (select name from timing order by name limit 1)
    union all
    select (select t.name from timing t where t.name > walk.name order by t.name limit 1) from walk where walk.name is not null
  ), each as (select name from walk where name is not null)`

/** All of them. Counted are those whose duration is not negative, and the index by duration alone can say this. */
const all = `
  select count(*) as count, min(duration) as min, max(duration) as max, div(sum(duration), nullif(count(*), 0)) as average
    from timing
   where name = each.name and duration >= 0`

/**
 * Over the first `limit` counted timings (null: all of them) after the first `offset` of each name; the notifications
 * they are of may be gone. In order of the .start's name, as StackTach: `resize.prep` before `resize`. Names without any are left out.
 */
export async function timingSummary(
  db: Database,
  { limit, offset }: { limit: number | null; offset: number },
): Promise<TimingSummary[]> {
  const whole = limit === null && offset === 0
  const { rows } = await db.pool.query<Row>(
    `${names}
     select each.name, s.* from each cross join lateral (${whole ? all : firstOnes}) s
      where s.count > 0
      order by (each.name || '.start') collate "C"`,
    whole ? [] : [limit, offset],
  )
  return rows.map(({ name, count, min, max, average }) => ({
    name,
    count: Number(count),
    min: Number(min),
    max: Number(max),
    average: Number(average),
  }))
}
