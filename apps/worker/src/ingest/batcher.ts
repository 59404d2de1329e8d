export interface BatchLimits {
  count: number
  bytes: number
  /** How long a batch waits for more items, counted from its first. */
  lingerMs: number
}

interface Item<T> {
  value: T
  /** Bytes. */
  size: number
}

/** Batches in progress at once: one is prepared while the other commits. */
const CONCURRENT_BATCHES = 2

/**
 * Groups a stream of items into batches. At most two batches are in progress; meanwhile the next one is collected.
 *
 * ## States of the batch being collected
 * - empty: the timer is off. An item is added → collecting
 * - collecting: the timer runs. The batch is full, or the timer fires → due
 * - due: it is flushed as soon as fewer than two batches are in progress → empty, or collecting with the items that
 *   exceeded the limits
 */
export class Batcher<T> {
  readonly #limits: BatchLimits
  readonly #flush: (batch: T[]) => Promise<void>
  #items: Item<T>[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #due = false
  readonly #inProgress = new Set<Promise<void>>()

  /** @param flush processes a batch; must not reject */
  constructor(limits: BatchLimits, flush: (batch: T[]) => Promise<void>) {
    this.#limits = limits
    this.#flush = flush
  }

  add(value: T, size: number): void {
    this.#items.push({ value, size })
    this.#bytes += size
    if (this.#isFull()) this.#becomeDue()
    else this.#linger()
  }

  /** Flushes all items and resolves when no batch is in progress. */
  async finish(): Promise<void> {
    while (this.#items.length > 0 || this.#inProgress.size > 0) {
      this.#becomeDue()
      await Promise.race(this.#inProgress)
    }
  }

  /** Discards the items that are not in progress. */
  clear(): void {
    this.#items = []
    this.#bytes = 0
    this.#due = false
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #isFull(): boolean {
    return this.#items.length >= this.#limits.count || this.#bytes >= this.#limits.bytes
  }

  #linger(): void {
    this.#timer ??= setTimeout(() => this.#becomeDue(), this.#limits.lingerMs)
  }

  #becomeDue(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#due = this.#items.length > 0
    this.#startDue()
  }

  #startDue(): void {
    while (this.#due && this.#inProgress.size < CONCURRENT_BATCHES) {
      const batch = this.#flush(this.#take()).finally(() => {
        this.#inProgress.delete(batch)
        this.#startDue()
      })
      this.#inProgress.add(batch)
    }
  }

  #take(): T[] {
    let count = 0
    let bytes = 0
    for (const { size } of this.#items) {
      if (count > 0 && (count >= this.#limits.count || bytes + size > this.#limits.bytes)) break
      count++
      bytes += size
    }
    const taken = this.#items.splice(0, count)
    this.#bytes -= bytes
    this.#due = this.#isFull()
    if (!this.#due && this.#items.length > 0) this.#linger()
    return taken.map(({ value }) => value)
  }
}
