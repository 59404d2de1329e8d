import { type SimulatedMessage, simulateCloud } from '@stacktach/simulator'
import { createRandom } from './random.ts'

/** A message as it is published, and what identifies the notification in it. */
export interface StreamMessage {
  deployment: string
  exchange: string
  routingKey: string
  messageId: string
  body: Buffer
}

export const deployments = ['east', 'west'] as const

/** Notifications that an operation makes, a little fewer than on average: a stream must not end too early. */
const PER_OPERATION = 12

const DAY = 86_400_000

/**
 * The same stream for the same options, as long as it is read. Some are sent twice.
 *
 * @param length notifications that it has at least
 * @param off whether hosts have their clock a day off at this moment; a message sent twice has one time
 */
export function* stream(length: number, seed: number, off: () => boolean): Generator<StreamMessage, void, void> {
  const cloud = simulateCloud({
    seed: `faults ${seed}`,
    format: 'both',
    deployments,
    operations: Math.ceil(length / PER_OPERATION) + 50,
    operationsPerMinute: 5,
    failures: 0.15,
    usageFaults: 0.1,
    duplicates: 0.05,
    imageExists: true,
    keepTruth: false,
  })
  const hosts = new Map<unknown, number>()
  const random = createRandom(seed)
  const shifts = new Map<string, number>()
  for (const message of cloud.messages) {
    const notification = notificationOf(message)
    const host = notification.publisher_id
    // A third of the hosts is a day late, a third a day early.
    if (!hosts.has(host)) hosts.set(host, (random.whole(0, 2) - 1) * DAY)
    if (!shifts.has(message.messageId)) shifts.set(message.messageId, off() ? (hosts.get(host) ?? 0) : 0)
    yield {
      deployment: message.deployment,
      exchange: message.exchange,
      routingKey: message.routingKey,
      messageId: message.messageId,
      body: bodyOf(message, notification, shifts.get(message.messageId) ?? 0),
    }
  }
}

type Json = Record<string, unknown>

function notificationOf({ body }: SimulatedMessage): Json {
  const inner = body['oslo.message']
  return typeof inner === 'string' ? JSON.parse(inner) : body
}

/** @param shift milliseconds by which the sender's clock is off */
function bodyOf({ body }: SimulatedMessage, notification: Json, shift: number): Buffer {
  if (shift === 0) return Buffer.from(JSON.stringify(body))
  const shifted = { ...notification, timestamp: shiftedTime(String(notification.timestamp), shift) }
  const whole =
    typeof body['oslo.message'] === 'string' ? { ...body, 'oslo.message': JSON.stringify(shifted) } : shifted
  return Buffer.from(JSON.stringify(whole))
}

/** `2026-01-15 08:20:22.070440`, some milliseconds later. */
function shiftedTime(timestamp: string, shift: number): string {
  const [seconds = '', fraction = ''] = timestamp.split('.')
  const at = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) + shift)
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`
}
