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

/**
 * Cuts a stream of items into batches, one in hand at a time: while `flush` works on one, the next one gathers.
 *
 * States: empty (no timer), gathering (timer runs), due (full or waited long enough, but one is in hand).
 */
export class Batcher<T> {
  readonly #limits: BatchLimits
  readonly #flush: (batch: T[]) => Promise<void>
  #items: Item<T>[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #due = false
  #inHand: Promise<void> | undefined

  constructor(limits: BatchLimits, flush: (batch: T[]) => Promise<void>) {
    this.#limits = limits
    this.#flush = flush
  }

  add(value: T, size: number): void {
    this.#items.push({ value, size })
    this.#bytes += size
    if (this.#items.length >= this.#limits.count || this.#bytes >= this.#limits.bytes) this.#becomeDue()
    else this.#timer ??= setTimeout(() => this.#becomeDue(), this.#limits.linger)
  }

  /** Flushes what there is and resolves when nothing is left in hand. */
  async finish(): Promise<void> {
    while (this.#items.length > 0 || this.#inHand) {
      this.#becomeDue()
      await this.#inHand
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

  #becomeDue(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#due = this.#items.length > 0
    if (this.#due && !this.#inHand) this.#start()
  }

  #start(): void {
    const batch = this.#take()
    this.#inHand = this.#flush(batch).finally(() => {
      this.#inHand = undefined
      // What gathered meanwhile has waited at least as long as a commit takes.
      if (this.#due) this.#start()
    })
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
    this.#due = this.#items.length > 0
    return taken.map(({ value }) => value)
  }
}
