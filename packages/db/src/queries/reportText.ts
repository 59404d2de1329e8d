import type { Database } from '../connection/open.ts'

/** The stored JSON text of a report; null if there is no report with the id. */
export async function reportText(db: Database, id: bigint): Promise<string | null> {
  const { rows } = await db.pool.query<{ json: string }>(`select json::text as json from report where id = $1`, [id])
  return rows[0]?.json ?? null
}
