import type { Queryable } from '../sql/transaction.ts'
import type { Partition } from './seal.ts'

/** Tables of distinct names, and the condition of a notification `n` with a name `c`. The empty host means none. */
const names = {
  event: 'n.event = c.name',
  host: `(n.host = c.name or (c.name = '' and n.host is null))`,
} as const

type Names = Record<keyof typeof names, string[]>

/** Reads the names that occur only in a partition. Without a lock: deleteUnusedNames checks them again. */
export async function namesOnlyIn(client: Queryable, { service, from, until }: Partition): Promise<Names> {
  const only = async (table: keyof typeof names) => {
    const { rows } = await client.query<{ name: string }>(
      `select c.name from ${table} c
        where c.service = $1
          and not exists (select from notification_${service} n where ${names[table]} and n."when" >= $3)
          and not exists (select from notification_${service} n where ${names[table]} and n."when" < $2)`,
      [service, from, until],
    )
    return rows.map(({ name }) => name)
  }
  return { event: await only('event'), host: await only('host') }
}

/**
 * Deletes the candidates that no notification has. The caller's lock on the notification table blocks concurrent inserts,
 * which check the names only after they get the lock.
 */
export async function deleteUnusedNames(
  client: Queryable,
  service: Partition['service'],
  candidates: Names,
): Promise<void> {
  for (const table of ['event', 'host'] as const) {
    if (candidates[table].length === 0) continue
    await client.query(
      `delete from ${table} c
        where c.service = $1 and c.name = any($2)
          and not exists (select from notification_${service} n where ${names[table]})`,
      [service, candidates[table]],
    )
  }
}
