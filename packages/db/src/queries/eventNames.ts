import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Distinct event names of the services, merged and sorted in code point order. */
export async function eventNames(db: Database, services: readonly Service[]): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `select name from (select distinct name from event where service = any($1)) e order by name collate "C"`,
    [services],
  )
  return rows.map(({ name }) => name)
}

/** Length in characters of a service's longest event name; 0 if it has no events. */
export async function longestEventName(db: Database, service: Service): Promise<number> {
  const { rows } = await db.pool.query<{ length: number }>(
    `select coalesce(max(length(name)), 0) as length from event where service = $1`,
    [service],
  )
  return rows[0]?.length ?? 0
}
