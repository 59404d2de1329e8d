import { messageOf, settleWithin } from '@stacktach/runtime'
import type { Producer } from './producer.ts'

/** How long `flushed` waits for pending wake-ups. */
const FLUSH_TIMEOUT_MS = 1_000

/**
 * Minimum interval between two wake-ups of the same job. A job costs little more for hundreds of notifications than for a
 * few, so wake-ups at full speed are merged; the first one after a pause is not delayed.
 */
const MIN_INTERVAL_MS = 500

/** A job to wake up: a fold of one shard, or all due work of one kind. */
export type WakeUp =
  | { job: 'usage' | 'kpi'; shard: number }
  | { job: 'verify-nova' | 'verify-glance' | 'publish-verified' | 'deliver-webhooks' }

/**
 * Enqueues wake-ups without blocking the caller. Concurrent wake-ups are merged; if Redis is down they are dropped, because
 * every jobs process re-checks the backlog every 5 s.
 */
export class WakeUps {
  readonly #producer: Producer
  readonly #onMissed: (error: Error) => void
  readonly #pending = new Map<string, { wakeUp: WakeUp; generation: number | undefined }>()
  /** Time at which each job last ran or will run, by performance.now(). */
  readonly #dueAt = new Map<string, number>()
  #draining: Promise<void> | undefined

  constructor(producer: Producer, onMissed: (error: Error) => void) {
    this.#producer = producer
    this.#onMissed = onMissed
  }

  /**
   * @param generation wake-ups of different generations are never merged: a new one runs even if Redis still holds the
   * job of a killed worker
   */
  enqueue(wakeUps: Iterable<WakeUp>, generation?: number): void {
    for (const wakeUp of wakeUps) this.#pending.set(`${JSON.stringify(wakeUp)} ${generation}`, { wakeUp, generation })
    // Without pending wake-ups, draining would end before #draining is assigned.
    if (this.#pending.size > 0) this.#draining ??= this.#drain()
  }

  /**
   * Resolves when no wake-up is pending, at the latest after a second: BullMQ waits without a limit for a Redis that was
   * never available.
   */
  async flushed(): Promise<void> {
    if (this.#draining !== undefined) await settleWithin(this.#draining, FLUSH_TIMEOUT_MS)
  }

  async #drain(): Promise<void> {
    while (this.#pending.size > 0) {
      const pending = [...this.#pending.values()]
      this.#pending.clear()
      try {
        await Promise.all(pending.map(({ wakeUp, generation }) => this.#enqueue(wakeUp, generation)))
      } catch (error) {
        this.#onMissed(error instanceof Error ? error : new Error(messageOf(error)))
      }
    }
    this.#draining = undefined
  }

  #enqueue(wakeUp: WakeUp, generation: number | undefined): Promise<unknown> {
    const delayMs = generation === undefined ? this.#delayMs(JSON.stringify(wakeUp)) : 0
    switch (wakeUp.job) {
      case 'usage':
      case 'kpi':
        return this.#producer.enqueue(wakeUp.job, { shard: wakeUp.shard }, generation, delayMs)
      case 'verify-nova':
      case 'verify-glance':
        return this.#producer.enqueue(wakeUp.job, { range: null, again: false }, generation, delayMs)
      case 'publish-verified':
      case 'deliver-webhooks':
        return this.#producer.enqueue(wakeUp.job, {}, generation, delayMs)
    }
  }

  #delayMs(key: string): number {
    const now = performance.now()
    const last = this.#dueAt.get(key) ?? Number.NEGATIVE_INFINITY
    // A delayed wake-up covers this one, too: Redis deduplicates them.
    const due = last > now ? last : Math.max(now, last + MIN_INTERVAL_MS)
    this.#dueAt.set(key, due)
    return Math.ceil(due - now)
  }
}
