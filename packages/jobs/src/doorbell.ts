import type { Producer } from './producer.ts'

export interface Shard {
  job: 'usage' | 'kpi'
  shard: number
}

/**
 * Rings for shards without ever holding up who rings: rings of the same moment are one, and one that Redis did not hear
 * is left to the jobs processes, which ring for every backlog there is.
 */
export class Doorbell {
  readonly #producer: Producer
  readonly #onMissed: (error: Error) => void
  readonly #pending = new Map<string, Shard & { round: number | undefined }>()
  #ringing: Promise<void> | undefined

  constructor(producer: Producer, onMissed: (error: Error) => void) {
    this.#producer = producer
    this.#onMissed = onMissed
  }

  /**
   * @param round makes this ring another one than those of other rounds: heard even when Redis still holds a job for the
   * shard whose worker was killed
   */
  ring(shards: Iterable<Shard>, round?: number): void {
    for (const { job, shard } of shards) this.#pending.set(`${job}-${shard}-${round}`, { job, shard, round })
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
        await Promise.all(shards.map(({ job, shard, round }) => this.#producer.enqueue(job, { shard }, round)))
      } catch (error) {
        this.#onMissed(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#ringing = undefined
  }
}
