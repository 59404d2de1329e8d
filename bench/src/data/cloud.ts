import { DAY, floorTo, type Instant } from '@stacktach/domain'
import { simulateCloud } from '@stacktach/simulator'
import type { BenchMessage } from './message.ts'

/** Of the simulated cloud: about how many notifications one operation makes. */
const NOTIFICATIONS_AN_OPERATION = 8.3

/** The first midnight of the data: so long ago that the last of them is over. */
export function firstDay(notifications: number, now: Instant): Instant {
  return floorTo(now, DAY) - (Math.ceil(notifications / A_DAY) + 1) * DAY
}

/** Notifications of a simulated day at most. */
export const A_DAY = 1_000_000

/**
 * Classic notifications of a simulated cloud, 2.7 KB on average, in order of time, without end. All of them, up to a
 * million, are of one day; a fresh seed is a fresh cloud.
 */
export class Cloud {
  readonly #messages: Iterator<ReturnType<typeof read>>

  constructor(seed: string, notifications: number, start: Instant) {
    const operations = Math.min(notifications, A_DAY) / NOTIFICATIONS_AN_OPERATION
    const { messages } = simulateCloud({
      seed,
      format: 'classic',
      start,
      operations: Number.POSITIVE_INFINITY,
      // A little faster than needed, so that the last ones are of the same day.
      operationsPerMinute: (operations / 1_440) * 1.1,
      deployments: ['bench'],
      hosts: 50,
      instances: Math.max(20, Math.round(notifications / 100)),
      auditPeriod: DAY,
      imageExists: true,
      keepTruth: false,
    })
    this.#messages = (function* () {
      for (const message of messages) yield read(message)
    })()
  }

  /** The next ones. */
  *take(count: number): Generator<BenchMessage> {
    for (let taken = 0; taken < count; taken++) {
      const next = this.#messages.next()
      if (next.done) return
      const { exchange, routingKey, body } = next.value
      yield { exchange, routingKey, body: Buffer.from(JSON.stringify(body)) }
    }
  }
}

function read({
  exchange,
  routingKey,
  body,
}: {
  exchange: 'nova' | 'glance'
  routingKey: string
  body: Record<string, unknown>
}) {
  return { exchange, routingKey, body }
}
