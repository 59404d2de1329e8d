import { setTimeout } from 'node:timers/promises'
import type { Producer } from './producer.ts'

/** Milliseconds that a ring has left when the process stops. */
const PATIENCE = 1_000

/**
 * Milliseconds between two rings for the same at least. A job costs hardly more for hundreds of notifications than for a few,
 * so that at full speed they are better gathered; the first after a pause is heard at once.
 */
const GATHER = 500

/** What is rung for: a shard, or whatever is due of one kind. */
export type Ring =
  | { job: 'usage' | 'kpi'; shard: number }
  | { job: 'verify-nova' | 'verify-glance' | 'publish-verified' }

/**
 * Rings without ever holding up who rings: rings of the same moment are one, and one that Redis did not hear
 * is left to the jobs processes, which ring for every backlog there is.
 */
export class Doorbell {
  readonly #producer: Producer
  readonly #onMissed: (error: Error) => void
  readonly #pending = new Map<string, { ring: Ring; round: number | undefined }>()
  /** When each was last to be heard, also when that is yet to come. By performance.now(). */
  readonly #heard = new Map<string, number>()
  #ringing: Promise<void> | undefined

  constructor(producer: Producer, onMissed: (error: Error) => void) {
    this.#producer = producer
    this.#onMissed = onMissed
  }

  /**
   * @param round makes this ring another one than those of other rounds: heard even when Redis still holds a job for the
   * shard whose worker was killed
   */
  ring(rings: Iterable<Ring>, round?: number): void {
    for (const ring of rings) this.#pending.set(`${JSON.stringify(ring)} ${round}`, { ring, round })
    // With nothing to ring, draining would be over before it is remembered that it runs.
    if (this.#pending.size > 0) this.#ringing ??= this.#drain()
  }

  /** Resolves when nothing is left to ring. A Redis that was never there is not waited for: BullMQ waits for it for ever. */
  async settled(): Promise<void> {
    if (this.#ringing === undefined) return
    await Promise.race([this.#ringing, setTimeout(PATIENCE, undefined, { ref: false })])
  }

  async #drain(): Promise<void> {
    while (this.#pending.size > 0) {
      const pending = [...this.#pending.values()]
      this.#pending.clear()
      try {
        await Promise.all(pending.map(({ ring, round }) => this.#enqueue(ring, round)))
      } catch (error) {
        this.#onMissed(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#ringing = undefined
  }

  #enqueue(ring: Ring, round: number | undefined): Promise<unknown> {
    const delay = round === undefined ? this.#delay(JSON.stringify(ring)) : 0
    switch (ring.job) {
      case 'usage':
      case 'kpi':
        return this.#producer.enqueue(ring.job, { shard: ring.shard }, round, delay)
      case 'verify-nova':
      case 'verify-glance':
        return this.#producer.enqueue(ring.job, { range: null, again: false }, round, delay)
      case 'publish-verified':
        return this.#producer.enqueue(ring.job, {}, round, delay)
    }
  }

  #delay(key: string): number {
    const now = performance.now()
    const last = this.#heard.get(key) ?? Number.NEGATIVE_INFINITY
    // One that is yet to be heard is heard for this, too: in Redis they are one.
    const due = last > now ? last : Math.max(now, last + GATHER)
    this.#heard.set(key, due)
    return Math.ceil(due - now)
  }
}
