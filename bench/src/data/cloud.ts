import { DAY, floorTo, type Instant } from '@stacktach/domain'
import { simulateCloud } from '@stacktach/simulator'
import type { BenchMessage } from './message.ts'

/** The approximate number of notifications per operation of the simulated cloud. */
const NOTIFICATIONS_PER_OPERATION = 8.3

/** The start of the data's first day, chosen so that its last day is in the past. */
export function firstDay(notifications: number, now: Instant): Instant {
  return floorTo(now, DAY) - (Math.ceil(notifications / MAX_NOTIFICATIONS_PER_DAY) + 1) * DAY
}

/** The maximum number of notifications in a simulated day. */
export const MAX_NOTIFICATIONS_PER_DAY = 1_000_000

/**
 * An endless stream of classic notifications of a simulated cloud in order of time, 2.7 KB on average. Up to a million
 * are in one day; another seed gives another cloud.
 */
export class Cloud {
  readonly #messages: Iterator<ReturnType<typeof toBenchMessage>>

  constructor(seed: string, notifications: number, start: Instant) {
    const operations = Math.min(notifications, MAX_NOTIFICATIONS_PER_DAY) / NOTIFICATIONS_PER_OPERATION
    const { messages } = simulateCloud({
      seed,
      format: 'classic',
      start,
      operations: Number.POSITIVE_INFINITY,
      // A little faster than needed, so that the last ones are in the same day.
      operationsPerMinute: (operations / 1_440) * 1.1,
      deployments: ['bench'],
      hosts: 50,
      instances: Math.max(20, Math.round(notifications / 100)),
      auditPeriod: DAY,
      imageExists: true,
      keepTruth: false,
    })
    this.#messages = (function* () {
      for (const message of messages) yield toBenchMessage(message)
    })()
  }

  /** Yields the next messages. */
  *take(count: number): Generator<BenchMessage> {
    for (let taken = 0; taken < count; taken++) {
      const next = this.#messages.next()
      if (next.done) return
      const { exchange, routingKey, body } = next.value
      yield { exchange, routingKey, body: Buffer.from(JSON.stringify(body)) }
    }
  }
}

function toBenchMessage({
  service: exchange,
  routingKey,
  body,
}: {
  service: 'nova' | 'glance'
  routingKey: string
  body: Record<string, unknown>
}) {
  return { exchange, routingKey, body }
}
