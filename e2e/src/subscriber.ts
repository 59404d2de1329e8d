import type { TestVhost } from '@stacktach/testing'
import { until } from './until.ts'

/** A consumer of a queue that is bound to an exchange. */
export interface Subscriber {
  messages: { routingKey: string; messageId: string; body: Record<string, unknown> }[]
  /** Resolves when this many messages have arrived: the publisher may receive its confirms earlier. */
  received(count: number): Promise<void>
  stop(): Promise<void>
}

/** Consumes all messages that are published to an exchange. */
export async function subscribe(vhost: TestVhost, exchange: string): Promise<Subscriber> {
  const connection = await vhost.connect()
  const channel = await connection.createChannel()
  await channel.assertExchange(exchange, 'topic', { durable: true })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, exchange, '#')
  const messages: Subscriber['messages'] = []
  await channel.consume(
    queue,
    (message) => {
      if (message === null) return
      messages.push({
        routingKey: message.fields.routingKey,
        messageId: String(message.properties.messageId),
        body: JSON.parse(message.content.toString()),
      })
    },
    { noAck: true },
  )
  return {
    messages,
    received: (count) =>
      until(
        () => messages.length >= count,
        20_000,
        () => `${count} messages received: ${messages.length}`,
      ),
    stop: () => connection.close(),
  }
}
