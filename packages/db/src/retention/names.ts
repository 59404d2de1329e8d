import type { Queryable } from '../sql/transaction.ts'
import type { Partition } from './seal.ts'

/** Distinct names that are kept beside the notifications; the empty host stands for publishers without one. */
const names = {
  event: 'n.event = known.name',
  host: `(n.host = known.name or (known.name = '' and n.host is null))`,
} as const

type Names = Record<keyof typeof names, string[]>

/** Names that occur in no other partition than one, as far as can be seen before it is locked. */
export async function namesOnlyIn(client: Queryable, { service, from, until }: Partition): Promise<Names> {
  const only = async (table: keyof typeof names) => {
    const { rows } = await client.query<{ name: string }>(
      `select known.name from ${table} known
        where known.service = $1
          and not exists (select from notification_${service} n where ${names[table]} and n."when" >= $3)
          and not exists (select from notification_${service} n where ${names[table]} and n."when" < $2)`,
      [service, from, until],
    )
    return rows.map(({ name }) => name)
  }
  return { event: await only('event'), host: await only('host') }
}

/**
 * Forgets those of some names that occur nowhere. Nobody stores meanwhile: the caller has the notifications' table locked,
 * and who waits for it looks at the names afterwards.
 */
export async function forgetNames(client: Queryable, service: Partition['service'], candidates: Names): Promise<void> {
  for (const table of ['event', 'host'] as const) {
    if (candidates[table].length === 0) continue
    await client.query(
      `delete from ${table} known
        where known.service = $1 and known.name = any($2)
          and not exists (select from notification_${service} n where ${names[table]})`,
      [service, candidates[table]],
    )
  }
}
