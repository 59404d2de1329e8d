import { type LiveFilter, matchesFilter } from './filter.ts'
import type { RecentArrivals } from './recentArrivals.ts'

/** Chunks end at multiples of this number of entries, so that clients at different places share them. */
const CHUNK_ENTRIES = 500

/** Maximum number of cached chunks. */
const MAX_CHUNKS = 256

export interface Chunk {
  /** Number of the entry after the chunk. */
  until: number
  /** The events; null if no entry matches the filter. */
  bytes: Buffer | null
  /** Number of events. */
  count: number
}

/** The events of consecutive entries that match a filter, made once for all clients with the same filter. */
export class Chunks {
  readonly #cache = new Map<string, Chunk>()

  next({ filter, filterKey }: { filter: LiveFilter; filterKey: string }, recent: RecentArrivals, from: number): Chunk {
    const until = Math.min((Math.floor(from / CHUNK_ENTRIES) + 1) * CHUNK_ENTRIES, recent.end)
    const key = `${from} ${until} ${filterKey}`
    const cached = this.#cache.get(key)
    if (cached !== undefined) return cached
    const texts = recent
      .entries(from, until)
      .filter(({ arrival }) => matchesFilter(arrival, filter))
      .map(({ text }) => text)
    const bytes = texts.length === 0 ? null : Buffer.from(texts.join(''))
    const chunk = { until, bytes, count: texts.length }
    if (this.#cache.size === MAX_CHUNKS) this.#cache.clear()
    this.#cache.set(key, chunk)
    return chunk
  }

  /** Discards the chunks, which clients that are up to date do not need any more. */
  clear(): void {
    this.#cache.clear()
  }
}
