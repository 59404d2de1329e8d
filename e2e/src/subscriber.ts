import type { TestVhost } from '@stacktach/testing'

/** What a queue bound to an exchange got. */
export interface Subscriber {
  messages: { routingKey: string; messageId: string; body: Record<string, unknown> }[]
  stop(): Promise<void>
}

/** Takes everything that is published to an exchange of a virtual host. */
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
  return { messages, stop: () => connection.close() }
}
