/** When a batch is full, or has waited long enough. */
export interface BatchLimits {
  count: number
  bytes: number
  /** Milliseconds after its first item. */
  linger: number
}

interface Item<T> {
  value: T
  size: number
}

/** Batches in hand at once: one is prepared and sent while the database commits the other, which takes it no processor. */
export const CONCURRENT_BATCHES = 2

/**
 * Cuts a stream of items into batches, two in hand at a time: while `flush` works on them, the next one gathers.
 *
 * States: empty (no timer), gathering (timer runs), due (full or waited long enough, but two are in hand).
 */
export class Batcher<T> {
  readonly #limits: BatchLimits
  readonly #flush: (batch: T[]) => Promise<void>
  #items: Item<T>[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #due = false
  readonly #inHand = new Set<Promise<void>>()

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

  /** Flushes what there is and resolves when nothing is left in hand. */
  async finish(): Promise<void> {
    while (this.#items.length > 0 || this.#inHand.size > 0) {
      this.#becomeDue()
      await Promise.race(this.#inHand)
    }
  }

  /** Forgets what has gathered. */
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
    this.#timer ??= setTimeout(() => this.#becomeDue(), this.#limits.linger)
  }

  #becomeDue(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#due = this.#items.length > 0
    this.#startDue()
  }

  #startDue(): void {
    while (this.#due && this.#inHand.size < CONCURRENT_BATCHES) {
      const batch = this.#flush(this.#take()).finally(() => {
        this.#inHand.delete(batch)
        this.#startDue()
      })
      this.#inHand.add(batch)
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
