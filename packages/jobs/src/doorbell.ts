import type { JobName, Payload } from './catalog.ts'
import type { Producer } from './producer.ts'

export type Shard = { [N in 'usage' | 'kpi']: { job: N; shard: number } }['usage' | 'kpi']

/**
 * Rings for shards without ever holding up who rings: rings of the same moment are one, and one that Redis did not hear
 * is left to the jobs processes, which ring for every backlog there is.
 */
export class Doorbell {
  readonly #producer: Producer
  readonly #onMissed: (error: Error) => void
  readonly #pending = new Map<string, Shard>()
  #ringing: Promise<void> | undefined

  constructor(producer: Producer, onMissed: (error: Error) => void) {
    this.#producer = producer
    this.#onMissed = onMissed
  }

  ring(shards: Iterable<Shard>): void {
    for (const shard of shards) this.#pending.set(`${shard.job}-${shard.shard}`, shard)
    // With nothing to ring, draining would be over before it is remembered that it runs.
    if (this.#pending.size > 0) this.#ringing ??= this.#drain()
  }

  /** Resolves when nothing is left to ring. */
  async settled(): Promise<void> {
    await this.#ringing
  }

  async #drain(): Promise<void> {
    while (this.#pending.size > 0) {
      const shards = [...this.#pending.values()]
      this.#pending.clear()
      try {
        await Promise.all(
          shards.map(({ job, shard }) => this.#producer.enqueue<JobName>(job, { shard } satisfies Payload<'usage'>)),
        )
      } catch (error) {
        this.#onMissed(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#ringing = undefined
  }
}
