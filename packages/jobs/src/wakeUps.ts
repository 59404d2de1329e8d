import { setTimeout } from 'node:timers/promises'
import type { Producer } from './producer.ts'

/** Milliseconds that a wakeUp has left when the process stops. */
const PATIENCE = 1_000

/**
 * Milliseconds between two wakeUps for the same at least. A job costs hardly more for hundreds of notifications than for a few,
 * so that at full speed they are better gathered; the first after a pause is heard at once.
 */
const GATHER = 500

/** What is rung for: a shard, or whatever is due of one kind. */
export type WakeUp =
  | { job: 'usage' | 'kpi'; shard: number }
  | { job: 'verify-nova' | 'verify-glance' | 'publish-verified' }

/**
 * Rings without ever holding up who wakeUps: wakeUps of the same moment are one, and one that Redis did not hear
 * is left to the jobs processes, which wakeUp for every backlog there is.
 */
export class WakeUps {
  readonly #producer: Producer
  readonly #onMissed: (error: Error) => void
  readonly #pending = new Map<string, { wakeUp: WakeUp; generation: number | undefined }>()
  /** When each was last to be heard, also when that is yet to come. By performance.now(). */
  readonly #heard = new Map<string, number>()
  #ringing: Promise<void> | undefined

  constructor(producer: Producer, onMissed: (error: Error) => void) {
    this.#producer = producer
    this.#onMissed = onMissed
  }

  /**
   * @param generation makes this wakeUp another one than those of other generations: heard even when Redis still holds a job for the
   * shard whose worker was killed
   */
  enqueue(wakeUps: Iterable<WakeUp>, generation?: number): void {
    for (const wakeUp of wakeUps) this.#pending.set(`${JSON.stringify(wakeUp)} ${generation}`, { wakeUp, generation })
    // With nothing to wakeUp, draining would be over before it is remembered that it runs.
    if (this.#pending.size > 0) this.#ringing ??= this.#drain()
  }

  /** Resolves when nothing is left to wakeUp. A Redis that was never there is not waited for: BullMQ waits for it for ever. */
  async flushed(): Promise<void> {
    if (this.#ringing === undefined) return
    await Promise.race([this.#ringing, setTimeout(PATIENCE, undefined, { ref: false })])
  }

  async #drain(): Promise<void> {
    while (this.#pending.size > 0) {
      const pending = [...this.#pending.values()]
      this.#pending.clear()
      try {
        await Promise.all(pending.map(({ wakeUp, generation }) => this.#enqueue(wakeUp, generation)))
      } catch (error) {
        this.#onMissed(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#ringing = undefined
  }

  #enqueue(wakeUp: WakeUp, generation: number | undefined): Promise<unknown> {
    const delay = generation === undefined ? this.#delay(JSON.stringify(wakeUp)) : 0
    switch (wakeUp.job) {
      case 'usage':
      case 'kpi':
        return this.#producer.enqueue(wakeUp.job, { shard: wakeUp.shard }, generation, delay)
      case 'verify-nova':
      case 'verify-glance':
        return this.#producer.enqueue(wakeUp.job, { range: null, again: false }, generation, delay)
      case 'publish-verified':
        return this.#producer.enqueue(wakeUp.job, {}, generation, delay)
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
