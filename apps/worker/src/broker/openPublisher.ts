import { type ConfirmChannel, connect } from 'amqplib'
import type { Publishing } from '../jobs/context.ts'
import { declareOrCheck } from './declareOrUse.ts'
import { closeQuietly } from './goodbye.ts'

/** Milliseconds to connect, and for the broker's confirmation of a batch. */
const CONFIRM_TIMEOUT_MS = 10_000

export interface OutgoingMessage {
  messageId: string
  /** JSON. */
  body: string
}

export interface Publisher {
  /**
   * Sends messages under every routing key, and waits until the broker has them.
   *
   * @returns the ids of those that no queue took under one of the keys
   * @throws Error when the broker refused one, or did not confirm all of them in time
   */
  send(messages: readonly OutgoingMessage[]): Promise<Set<string>>
  close(): Promise<void>
}

/** Connects to the broker of a configuration, and declares its topic exchange unless it exists. */
export async function openPublisher({ url, exchange, routingKeys }: Publishing): Promise<Publisher> {
  const connection = await connect(url, { timeout: CONFIRM_TIMEOUT_MS }).catch((cause: Error) => {
    throw new Error(`the broker of PUBLISH_URL does not answer, or does not let that user in (${cause.message})`, {
      cause,
    })
  })
  connection.on('error', () => {})
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
        await inTime(Promise.all(confirmed), 'the broker did not confirm what was published')
        return new Set(returned)
      },
      close: () => closeQuietly(connection.close()),
    }
  } catch (error) {
    await closeQuietly(connection.close())
    throw error
  }
}

function publish(channel: ConfirmChannel, exchange: string, routingKey: string, message: OutgoingMessage) {
  const { messageId, body } = message
  const options = { messageId, contentType: 'application/json', persistent: true, mandatory: true }
  return new Promise<void>((resolve, reject) => {
    channel.publish(exchange, routingKey, Buffer.from(body), options, (error) => {
      if (error) reject(new Error(`the broker refused what was published: ${String(error)}`))
      else resolve()
    })
  })
}

async function inTime<T>(work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), CONFIRM_TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
