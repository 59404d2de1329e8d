import type { BenchMessage } from './data/message.ts'
import { queues, type Stack } from './stack.ts'

/** Messages that may be out and unconfirmed. */
const WINDOW = 1_000

/** Puts messages into the queues of some stacks, persistent and confirmed, the same into each. Returns how many in each. */
export async function fill(stacks: readonly Stack[], messages: Iterable<BenchMessage>): Promise<number> {
  const channels = await Promise.all(
    stacks.map(async ({ vhost }) => {
      const connection = await vhost.connect()
      const channel = await connection.createConfirmChannel()
      for (const [exchange, queue] of Object.entries(queues)) {
        await channel.assertExchange(exchange, 'topic', { durable: true, autoDelete: false })
        await channel.assertQueue(queue, { durable: true })
        await channel.bindQueue(queue, exchange, 'notifications.*')
      }
      return { connection, channel }
    }),
  )
  let published = 0
  for (const { exchange, routingKey, body } of messages) {
    for (const { channel } of channels) {
      channel.publish(exchange, routingKey, body, { persistent: true, contentType: 'application/json' })
    }
    if (++published % WINDOW === 0) await Promise.all(channels.map(({ channel }) => channel.waitForConfirms()))
  }
  await Promise.all(channels.map(({ channel }) => channel.waitForConfirms()))
  await Promise.all(channels.map(({ connection }) => connection.close()))
  return published
}
