import { settleWithin } from '../withTimeout.ts'

/** One value of one gauge. */
export interface Sample<G extends string, L extends string> {
  gauge: G
  labels?: Partial<Record<L, string>>
  value: number
}

interface Limits {
  /** Age in milliseconds up to which samples are served from the cache, so that the scrape rate does not load the server. */
  maxAgeMs: number
  /** Milliseconds that a scrape waits for samples. */
  timeoutMs: number
}

/** Prometheus's own default timeout is ten seconds. */
const DEFAULT_LIMITS: Limits = { maxAgeMs: 10_000, timeoutMs: 3_000 }

/**
 * Caches the samples of an expensive collection: at most one runs at a time, and each result is served for `maxAgeMs`.
 * Samples that arrive after the timeout are cached for the next scrape.
 */
export class CachedCollector<G extends string, L extends string> {
  readonly #collect: () => Promise<Sample<G, L>[]>
  readonly #onFailure: (error: unknown) => void
  readonly #limits: Limits
  #cached: { samples: Sample<G, L>[]; at: number } | undefined
  #running: Promise<void> | undefined

  /** @param onFailure called once for each collection that fails or exceeds the timeout */
  constructor(
    collect: () => Promise<Sample<G, L>[]>,
    onFailure: (error: unknown) => void,
    limits: Limits = DEFAULT_LIMITS,
  ) {
    this.#collect = collect
    this.#onFailure = onFailure
    this.#limits = limits
  }

  /** The current samples; none when the collection failed or timed out. Never throws. */
  async read(): Promise<Sample<G, L>[]> {
    if (!this.#isFresh()) {
      this.#running ??= this.#run()
      await settleWithin(this.#running, this.#limits.timeoutMs)
    }
    return this.#isFresh() ? (this.#cached?.samples ?? []) : []
  }

  #isFresh(): boolean {
    return this.#cached !== undefined && performance.now() - this.#cached.at < this.#limits.maxAgeMs
  }

  async #run(): Promise<void> {
    const startedAt = performance.now()
    try {
      const samples = await this.#collect()
      this.#cached = { samples, at: performance.now() }
      const milliseconds = performance.now() - startedAt
      if (milliseconds > this.#limits.timeoutMs) {
        this.#onFailure(new Error(`the collection took ${Math.round(milliseconds)} ms`))
      }
    } catch (error) {
      // A failure is cached too: a server in trouble is not queried more often than a healthy one.
      this.#cached = { samples: [], at: performance.now() }
      this.#onFailure(error)
    } finally {
      this.#running = undefined
    }
  }
}
