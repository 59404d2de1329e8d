import type { Database } from '../connection/open.ts'

/** Whether nova has sent a notification of an operation (an event without .start, .end or .error). */
export async function operationIsKnown({ pool }: Database, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ known: boolean }>(
    `select exists (select from event where service = 'nova' and name = any($1)) as known`,
    [['', '.start', '.end', '.error'].map((phase) => `${name}${phase}`)],
  )
  return rows[0]?.known ?? false
}
