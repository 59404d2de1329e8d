import type { Instant, Service } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** Each service's notifications have a horizon, and the aggregates have one. */
export type HorizonKind = Service | 'aggregates'

/** The time since which data of one kind is complete; null if none was ever pruned. */
export async function readHorizon(client: Queryable, kind: HorizonKind): Promise<Instant | null> {
  return keptSince(client, [kind])
}

/**
 * The time since which data of all these kinds is complete; null if none was ever pruned. A report about an earlier period
 * would be incomplete.
 */
export async function keptSince(client: Queryable, kinds: readonly HorizonKind[]): Promise<Instant | null> {
  const { rows } = await client.query<{ instant: number | null }>(
    'select max(instant) as instant from horizon where kind = any($1)',
    [kinds],
  )
  return rows[0]?.instant ?? null
}

/** Raises a horizon. It is never lowered, so that a notification rejected as too old stays rejected. */
export async function raiseHorizon(client: Queryable, kind: HorizonKind, instant: Instant): Promise<void> {
  await client.query(
    `insert into horizon (kind, instant) values ($1, $2)
     on conflict (kind) do update set instant = greatest(horizon.instant, excluded.instant)`,
    [kind, instant],
  )
}
