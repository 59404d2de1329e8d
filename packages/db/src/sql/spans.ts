import type { Instant, Service } from '@stacktach/domain'
import type { Queryable } from './transaction.ts'

/** When some keys occur, each from `lowers` to before `uppers`, and all of them together. */
export interface Spans {
  keys: string[]
  lowers: Instant[]
  uppers: Instant[]
  /** What holds all of them. As a statement's parameter it spares the planner all partitions outside. */
  from: Instant
  to: Instant
}

/** The first of some instants; far ahead when there are none. */
export function earliest(of: readonly Instant[]): Instant {
  return of.reduce((least, instant) => Math.min(least, instant), Number.MAX_SAFE_INTEGER)
}

/** The last of some instants; 1970 when there are none. */
export function latest(of: readonly Instant[]): Instant {
  return of.reduce((most, instant) => Math.max(most, instant), 0)
}

/** When some instances, requests or images occur. Those that do not are left out. */
export async function readSpans(
  client: Queryable,
  service: Service,
  kind: 'instance' | 'request' | 'image',
  keys: readonly string[],
): Promise<Spans> {
  const { rows } = await client.query<{ key: string; lower: string; upper: string }>(
    'select key, lower, upper from notification_span where service = $1 and kind = $2 and key = any($3)',
    [service, kind, keys],
  )
  const lowers = rows.map(({ lower }) => Number(lower))
  const uppers = rows.map(({ upper }) => Number(upper))
  return {
    keys: rows.map(({ key }) => key),
    lowers,
    uppers,
    from: earliest(lowers),
    to: latest(uppers),
  }
}
