import type { TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface NamedTiming {
  instance: string
  /** Microseconds; negative if the hosts' clocks differ. */
  duration: number
}

/** Timings with both ends of an event (name without .start or .end) that ended in the period, shortest first. */
export async function timingsOfName(
  db: Database,
  { name, ended, limit, offset }: Page & { name: string; ended: TimePeriod },
): Promise<NamedTiming[]> {
  const { rows } = await db.pool.query<NamedTiming>(
    // An index-only scan finds the page; only the rows of the page are fetched, not those skipped by the offset.
    `select t.instance, t.duration
       from (select id from timing
              where name = $1 and duration is not null and end_when >= $2 and end_when < $3
              order by duration, id limit $4 offset $5) page
       join timing t using (id)
      order by t.duration, t.id`,
    [name, ended.from, ended.until, limit, offset],
  )
  return rows
}
