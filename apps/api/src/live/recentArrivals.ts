import { type Arrival, type ArrivalPosition, compareArrivals } from '@stacktach/db'
import { notificationEvent } from './events.ts'

/** An arrival and its event, which is serialized once for all clients. */
export interface Entry {
  arrival: Arrival
  text: string
  /** Characters of this event and all earlier ones. */
  through: number
}

/** Maximum number of entries: about 20 MB, and ten seconds at 2,000 notifications per second. */
export const MAX_ENTRIES = 20_000

/** Entries are removed in blocks, because each removal moves the rest. */
const REMOVED_ENTRIES = 2_000

/**
 * The last arrivals, from which all clients are served. Each entry has a number; the numbers are consecutive and have no
 * meaning outside this process.
 */
export class RecentArrivals {
  #entries: Entry[] = []
  #first: number
  #completeFrom: ArrivalPosition
  #position: ArrivalPosition
  readonly #start: ArrivalPosition
  #extendable = true

  /**
   * @param position before the first entry
   * @param first number of the first entry
   */
  constructor(position: ArrivalPosition, first: number) {
    this.#first = first
    this.#start = position
    this.#completeFrom = position
    this.#position = position
  }

  /** Number of the first entry. */
  get first(): number {
    return this.#first
  }

  /** One more than the number of the last entry. */
  get end(): number {
    return this.#first + this.#entries.length
  }

  /** All arrivals up to here have an entry, or had one. */
  get position(): ArrivalPosition {
    return this.#position
  }

  /** No arrival between here and `position` is without an entry. */
  get completeFrom(): ArrivalPosition {
    return this.#completeFrom
  }

  /** The position before the first entry that was added; null if entries before it cannot be added any more. */
  get extendableBefore(): ArrivalPosition | null {
    return this.#extendable ? this.#start : null
  }

  push(arrivals: readonly Arrival[], position: ArrivalPosition): void {
    let through = this.#entries.at(-1)?.through ?? 0
    for (const arrival of arrivals) {
      const text = notificationEvent(arrival)
      through += text.length
      this.#entries.push({ arrival, text, through })
    }
    this.#position = position
    this.#removeOldest()
  }

  /** Adds the arrivals before extendableBefore. */
  extend(arrivals: readonly Arrival[], completeFrom: ArrivalPosition): void {
    if (!this.#extendable) return
    this.#extendable = false
    const texts = arrivals.map(notificationEvent)
    let through = -texts.reduce((sum, text) => sum + text.length, 0)
    const earlier = arrivals.map((arrival, index) => {
      const text = texts[index] ?? ''
      through += text.length
      return { arrival, text, through }
    })
    this.#entries = [...earlier, ...this.#entries]
    this.#first -= earlier.length
    this.#completeFrom = completeFrom
    this.#removeOldest()
  }

  /** Number of the first entry after a position; null if earlier arrivals after the position have no entry. */
  after(position: ArrivalPosition): number | null {
    if (compareArrivals(position, this.#completeFrom) < 0) return null
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const entry = this.#entries[middle]
      if (entry !== undefined && compareArrivals(entry.arrival.position, position) <= 0) low = middle + 1
      else high = middle
    }
    return this.#first + low
  }

  /** The entries with these numbers, `until` exclusive. */
  entries(from: number, until: number): Entry[] {
    return this.#entries.slice(from - this.#first, until - this.#first)
  }

  /** Characters of the events from a number on; infinite if its entry was removed. */
  charactersFrom(number: number): number {
    if (number < this.#first) return Number.POSITIVE_INFINITY
    const from = this.#entries[number - this.#first]
    const last = this.#entries.at(-1)
    return from === undefined || last === undefined ? 0 : last.through - from.through + from.text.length
  }

  #removeOldest(): void {
    const excess = this.#entries.length - MAX_ENTRIES
    if (excess < REMOVED_ENTRIES) return
    const removed = this.#entries.splice(0, excess)
    this.#first += removed.length
    this.#completeFrom = removed.at(-1)?.arrival.position ?? this.#completeFrom
    this.#extendable = false
  }
}
