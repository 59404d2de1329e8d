import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Distinct hosts of a service in code point order; null (publishers without a host) is first. */
export async function hostNames(db: Database, service: Service): Promise<(string | null)[]> {
  const { rows } = await db.pool.query<{ name: string | null }>(
    `select nullif(name, '') as name from host where service = $1 order by host.name collate "C"`,
    [service],
  )
  return rows.map(({ name }) => name)
}
