import type { Instant, Service } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** What has a horizon of its own: the notifications of each service, and what is made of them. */
export type HorizonKind = Service | 'aggregates'

/** Since when something is kept, null when nothing of it was ever pruned. */
export async function readHorizon(client: Queryable, kind: HorizonKind): Promise<Instant | null> {
  return keptSince(client, [kind])
}

/**
 * The first instant from which on everything of these kinds is still there, null when nothing of them was ever pruned: a
 * report over a period that begins before it would leave out what is gone.
 */
export async function keptSince(client: Queryable, kinds: readonly HorizonKind[]): Promise<Instant | null> {
  const { rows } = await client.query<{ instant: string | null }>(
    'select max(instant) as instant from horizon where kind = any($1)',
    [kinds],
  )
  const instant = rows[0]?.instant ?? null
  return instant === null ? null : Number(instant)
}

/** Never lowered: what was rejected as too old stays so. */
export async function raiseHorizon(client: Queryable, kind: HorizonKind, instant: Instant): Promise<void> {
  await client.query(
    `insert into horizon (kind, instant) values ($1, $2)
     on conflict (kind) do update set instant = greatest(horizon.instant, excluded.instant)`,
    [kind, instant],
  )
}
