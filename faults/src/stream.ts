import { type SimulatedMessage, simulateCloud } from '@stacktach/simulator'
import { createRandom } from './random.ts'

/** A message to be published, and the id of its notification. */
export interface StreamMessage {
  deployment: string
  exchange: string
  routingKey: string
  messageId: string
  body: Buffer
}

export const deployments = ['east', 'west'] as const

/** Notifications per operation, a little below the average, so that the stream is long enough. */
const NOTIFICATIONS_PER_OPERATION = 12

const DAY_MS = 86_400_000

/**
 * Simulates a stream, the same for the same arguments. Some messages are sent twice.
 *
 * @param length the minimum number of notifications
 * @param wrongClocks whether hosts have a wrong clock at this moment; both copies of a message have the same time
 */
export function* stream(
  length: number,
  seed: number,
  wrongClocks: () => boolean,
): Generator<StreamMessage, void, void> {
  const cloud = simulateCloud({
    seed: `faults ${seed}`,
    format: 'both',
    deployments,
    operations: Math.ceil(length / NOTIFICATIONS_PER_OPERATION) + 50,
    operationsPerMinute: 5,
    failures: 0.15,
    usageFaults: 0.1,
    duplicates: 0.05,
    imageExists: true,
    keepTruth: false,
  })
  const offsetsByHost = new Map<unknown, number>()
  const random = createRandom(seed)
  const offsetsById = new Map<string, number>()
  for (const message of cloud.messages) {
    const notification = notificationOf(message)
    const host = notification.publisher_id
    // A third of the hosts is a day late, a third a day early.
    if (!offsetsByHost.has(host)) offsetsByHost.set(host, (random.int(0, 2) - 1) * DAY_MS)
    if (!offsetsById.has(message.messageId)) {
      offsetsById.set(message.messageId, wrongClocks() ? (offsetsByHost.get(host) ?? 0) : 0)
    }
    yield {
      deployment: message.deployment,
      exchange: message.exchange,
      routingKey: message.routingKey,
      messageId: message.messageId,
      body: bodyOf(message, notification, offsetsById.get(message.messageId) ?? 0),
    }
  }
}

type Json = Record<string, unknown>

function notificationOf({ body }: SimulatedMessage): Json {
  const inner = body['oslo.message']
  return typeof inner === 'string' ? JSON.parse(inner) : body
}

/** @param offsetMs the error of the sender's clock */
function bodyOf({ body }: SimulatedMessage, notification: Json, offsetMs: number): Buffer {
  if (offsetMs === 0) return Buffer.from(JSON.stringify(body))
  const shifted = { ...notification, timestamp: shiftedTime(String(notification.timestamp), offsetMs) }
  const wrapped =
    typeof body['oslo.message'] === 'string' ? { ...body, 'oslo.message': JSON.stringify(shifted) } : shifted
  return Buffer.from(JSON.stringify(wrapped))
}

/** Shifts a time such as `2026-01-15 08:20:22.070440`. */
function shiftedTime(timestamp: string, offsetMs: number): string {
  const [seconds = '', fraction = ''] = timestamp.split('.')
  const at = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) + offsetMs)
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`
}
