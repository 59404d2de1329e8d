import type { ArrivalPosition } from '@stacktach/db'
import type { Response } from 'express'
import type { Chunks } from './chunks.ts'
import { filterKey, type LiveFilter } from './filter.ts'
import type { RecentArrivals } from './recentArrivals.ts'

/** A client that is this far behind is disconnected. It resumes when it connects again. */
const MAX_UNREAD_CHARACTERS = 4 * 1024 * 1024

/** A client that reads nothing for this long is disconnected. */
const MAX_BLOCKED_MS = 30_000

export interface LiveClientOptions {
  response: Response
  filter: LiveFilter
  /** Position of the client's last event; null: it begins with the next notification. */
  after: ArrivalPosition | null
  /** Throws when the client has lost its access. */
  authorize(): void
  onDelivered(notifications: number): void
}

/**
 * A connected client. It has a place in the recent arrivals and takes the next entries whenever its connection accepts more,
 * so that at most one chunk per client is buffered.
 */
export class LiveClient {
  readonly filter: LiveFilter
  readonly filterKey: string
  readonly after: ArrivalPosition | null
  readonly #authorize: () => void
  readonly #response: Response
  readonly #onDelivered: (notifications: number) => void
  #source: { recent: RecentArrivals; chunks: Chunks; next: number } | null = null
  #blockedAt: number | null = null

  constructor({ response, filter, after, authorize, onDelivered }: LiveClientOptions) {
    this.filter = filter
    this.filterKey = filterKey(filter)
    this.after = after
    this.#authorize = authorize
    this.#response = response
    this.#onDelivered = onDelivered
    // A connection that the client closed reports an error before it reports its end.
    response.on('error', () => {})
    response.on('drain', () => {
      this.#blockedAt = null
      this.deliver()
    })
  }

  /** Whether all arrivals were written that this client takes. */
  get upToDate(): boolean {
    return this.#source !== null && this.#source.next === this.#source.recent.end
  }

  /** Whether the connection accepts no more data at the moment. */
  get isBlocked(): boolean {
    return this.#blockedAt !== null
  }

  /** Whether the client is still allowed to read. */
  hasAccess(): boolean {
    try {
      this.#authorize()
      return true
    } catch {
      return false
    }
  }

  /** Takes the entries of `recent` from `next` on. */
  attach(recent: RecentArrivals, chunks: Chunks, next: number): void {
    this.#source = { recent, chunks, next }
  }

  /** Writes an event between the notifications. A blocked client does not get it. */
  write(text: string): void {
    if (this.#isWritable() && !this.#response.write(text)) this.#blockedAt = performance.now()
  }

  /** Writes the next entries, until all are written or the connection accepts no more. */
  deliver(): void {
    const source = this.#source
    while (source !== null && this.#isWritable() && source.next < source.recent.end) {
      const { until, bytes, count } = source.chunks.next(this, source.recent, source.next)
      source.next = until
      if (bytes === null) continue
      this.#onDelivered(count)
      if (!this.#response.write(bytes)) this.#blockedAt = performance.now()
    }
  }

  /** Whether the client reads too slowly. */
  isSlow(): boolean {
    if (this.#blockedAt === null || this.#source === null) return false
    const { recent, next } = this.#source
    return performance.now() - this.#blockedAt > MAX_BLOCKED_MS || recent.charactersFrom(next) > MAX_UNREAD_CHARACTERS
  }

  /** Ends the response. The buffered data of a blocked client is discarded, because it may never be read. */
  end(): void {
    if (this.#blockedAt === null) this.#response.end()
    else this.disconnect()
  }

  #isWritable(): boolean {
    return this.#blockedAt === null && !this.#response.writableEnded && !this.#response.destroyed
  }

  /** Closes the connection at once. */
  disconnect(): void {
    this.#response.destroy()
  }
}
