import type { BenchMessage } from './data/message.ts'
import { queues, type Stack } from './stack.ts'

const MAX_UNCONFIRMED_MESSAGES = 1_000

/**
 * Publishes the same persistent messages to the queues of each stack, and waits for the confirms.
 *
 * @returns the number of messages per stack
 */
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
  const waitForConfirms = () => Promise.all(channels.map(({ channel }) => channel.waitForConfirms()))
  let published = 0
  for (const { exchange, routingKey, body } of messages) {
    for (const { channel } of channels) {
      channel.publish(exchange, routingKey, body, { persistent: true, contentType: 'application/json' })
    }
    if (++published % MAX_UNCONFIRMED_MESSAGES === 0) await waitForConfirms()
  }
  await waitForConfirms()
  await Promise.all(channels.map(({ connection }) => connection.close()))
  return published
}
