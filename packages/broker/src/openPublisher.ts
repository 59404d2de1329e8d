import { withTimeout } from '@stacktach/runtime'
import type { ConfirmChannel } from 'amqplib'
import { connectToAny } from './brokerConnection.ts'
import { closeQuietly } from './closeQuietly.ts'
import { declareOrCheck } from './declareOrCheck.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** A password may contain commas. */
const URL_SEPARATOR = /,(?=amqps?:\/\/)/

/** For all messages of one `send`. */
const CONFIRM_TIMEOUT_MS = 10_000

export interface PublisherOptions {
  /** amqp:// or amqps://; several hosts of a broker as URLs separated by commas. */
  url: string
  exchange: string
  routingKeys: readonly string[]
}

export interface OutgoingMessage {
  messageId: string
  /** JSON. */
  body: string
}

export interface Publisher {
  /**
   * Publishes messages with every routing key and waits until the broker has confirmed them.
   *
   * @returns the ids of messages that were unroutable with one of the keys
   * @throws Error when the broker rejected a message or did not confirm all of them in time
   */
  send(messages: readonly OutgoingMessage[]): Promise<Set<string>>
  close(): Promise<void>
}

/**
 * Connects to a broker and declares the topic exchange unless it exists.
 *
 * @throws Error when the broker is unavailable
 */
export async function openPublisher({ url, exchange, routingKeys }: PublisherOptions): Promise<Publisher> {
  const connection = await connectToAny(
    url.split(URL_SEPARATOR),
    CONNECT_TIMEOUT_MS,
    (error, host) => `${new URL(host).host}: ${error.message}`,
  ).catch((cause: Error) => {
    throw new Error(`the broker of PUBLISH_URL is unavailable, or login failed (${cause.message})`, { cause })
  })
  try {
    await declareOrCheck(
      connection,
      (channel) => channel.assertExchange(exchange, 'topic', { durable: true }),
      (channel) => channel.checkExchange(exchange),
      () => {},
    )
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => {})
    const returned = new Set<string>()
    channel.on('return', ({ properties }) => returned.add(String(properties.messageId)))
    return {
      async send(messages) {
        returned.clear()
        const confirmed = messages.flatMap((message) =>
          routingKeys.map((routingKey) => publish(channel, exchange, routingKey, message)),
        )
        await withTimeout(Promise.all(confirmed), CONFIRM_TIMEOUT_MS, 'the broker did not confirm the messages in time')
        return new Set(returned)
      },
      close: () => closeQuietly(() => connection.close()),
    }
  } catch (error) {
    await closeQuietly(() => connection.close())
    throw error
  }
}

/** Publishes one message; resolves when the broker has confirmed it. */
function publish(
  channel: ConfirmChannel,
  exchange: string,
  routingKey: string,
  { messageId, body }: OutgoingMessage,
): Promise<void> {
  const options = { messageId, contentType: 'application/json', persistent: true, mandatory: true }
  return new Promise((resolve, reject) => {
    channel.publish(exchange, routingKey, Buffer.from(body), options, (error) => {
      if (error) reject(new Error(`the broker rejected a message: ${String(error)}`))
      else resolve()
    })
  })
}
