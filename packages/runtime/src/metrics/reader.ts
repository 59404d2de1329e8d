/** One value of one gauge. */
export interface Sample<G extends string, L extends string> {
  gauge: G
  labels?: Partial<Record<L, string>>
  value: number
}

/** Milliseconds that an answer is good for: however many read the metrics, a server is asked no more often. */
const FRESH = 10_000

/** Milliseconds that who reads the metrics waits at most; Prometheus itself gives up after ten seconds. */
const PATIENCE = 3_000

/**
 * Asks a question that costs something, at most once in a while and never twice at a time, and waits for the answer only so
 * long. One that comes too late is still good for the next who reads.
 */
export class CachedCollector<G extends string, L extends string> {
  readonly #ask: () => Promise<Sample<G, L>[]>
  readonly #onFailure: (error: unknown) => void
  readonly #limits: { fresh: number; patience: number }
  #answer: { readings: Sample<G, L>[]; at: number } | undefined
  #asking: Promise<void> | undefined

  constructor(
    ask: () => Promise<Sample<G, L>[]>,
    onFailure: (error: unknown) => void,
    limits = { fresh: FRESH, patience: PATIENCE },
  ) {
    this.#ask = ask
    this.#onFailure = onFailure
    this.#limits = limits
  }

  /** The readings; none when they could not be had, or not in time. */
  async read(): Promise<Sample<G, L>[]> {
    if (!this.#isFresh()) {
      this.#asking ??= this.#askOnce()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.#limits.patience)
      })
      await Promise.race([this.#asking, late])
      clearTimeout(timer)
    }
    return this.#isFresh() ? (this.#answer?.readings ?? []) : []
  }

  #isFresh(): boolean {
    return this.#answer !== undefined && performance.now() - this.#answer.at < this.#limits.fresh
  }

  async #askOnce(): Promise<void> {
    const began = performance.now()
    try {
      const readings = await this.#ask()
      this.#answer = { readings, at: performance.now() }
      const took = performance.now() - began
      if (took > this.#limits.patience) this.#onFailure(new Error(`the answer took ${Math.round(took)} ms`))
    } catch (error) {
      // Nor is it asked again at once: for as long as an answer would be good, there is none.
      this.#answer = { readings: [], at: performance.now() }
      this.#onFailure(error)
    } finally {
      this.#asking = undefined
    }
  }
}
