import { type Instant, type Service, type TimePeriod, untilAfter } from '@stacktach/domain'
import type { Queryable } from './transaction.ts'

/** The periods in which some keys occur, as parallel arrays for unnest, and a period that contains all of them. */
export interface Spans {
  keys: string[]
  from: Instant[]
  until: Instant[]
  /** As parameters of a statement, its bounds exclude all other partitions. */
  whole: TimePeriod
}

/** The shortest period that contains all of the instants; an empty period for none. */
export function periodContaining(instants: readonly Instant[]): TimePeriod {
  return { from: earliest(instants), until: untilAfter(latest(instants)) }
}

function earliest(instants: readonly Instant[]): Instant {
  return instants.reduce((least, instant) => Math.min(least, instant), Number.MAX_SAFE_INTEGER)
}

function latest(instants: readonly Instant[]): Instant {
  return instants.reduce((most, instant) => Math.max(most, instant), 0)
}

/** Reads the spans of instances, requests or images. Keys that do not occur are omitted. */
export async function readSpans(
  client: Queryable,
  service: Service,
  kind: 'instance' | 'request' | 'image',
  keys: readonly string[],
): Promise<Spans> {
  const { rows } = await client.query<{ key: string; lower: number; upper: number }>(
    'select key, lower, upper from notification_span where service = $1 and kind = $2 and key = any($3)',
    [service, kind, keys],
  )
  const from = rows.map(({ lower }) => lower)
  const until = rows.map(({ upper }) => upper)
  return {
    keys: rows.map(({ key }) => key),
    from,
    until,
    whole: { from: earliest(from), until: latest(until) },
  }
}
