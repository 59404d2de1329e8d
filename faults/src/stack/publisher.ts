import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { deployments, type StreamMessage } from '../stream.ts'
import type { Brokers } from './brokers.ts'

/** How many messages are sent before their confirms, by default. */
const BATCH_MESSAGES = 25

const UNAVAILABLE_TIMEOUT_MS = 180_000

/** Publishes messages reliably: keeps unconfirmed messages and sends them again, as oslo.messaging's retries do. */
export class Publisher {
  readonly #url: string
  readonly #brokers: Brokers
  #open = new Map<string, { connection: ChannelModel; channel: ConfirmChannel; closed: Promise<never> }>()

  constructor(amqpUrl: string, brokers: Brokers) {
    this.#url = amqpUrl
    this.#brokers = brokers
  }

  /**
   * Resolves when every message is confirmed, which means that it is in a durable queue.
   *
   * @param onConfirmed called with the number of confirmed messages
   */
  async publish(
    messages: readonly StreamMessage[],
    onConfirmed: (confirmed: number) => void = () => {},
    batchMessages = BATCH_MESSAGES,
  ): Promise<void> {
    for (let from = 0; from < messages.length; from += batchMessages) {
      const batch = messages.slice(from, from + batchMessages)
      const deadline = Date.now() + UNAVAILABLE_TIMEOUT_MS
      for (;;) {
        try {
          await this.#send(batch)
          break
        } catch (error) {
          if (Date.now() > deadline) throw error
          await this.close()
          await sleep(200)
        }
      }
      onConfirmed(from + batch.length)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = new Map()
    for (const { connection } of open.values()) {
      // Closing a dead connection can hang.
      await Promise.race([connection.close().catch(() => {}), sleep(500)])
    }
  }

  async #send(messages: readonly StreamMessage[]): Promise<void> {
    if (this.#open.size === 0) await this.#connect()
    for (const { deployment, exchange, routingKey, body } of messages) {
      const properties = { persistent: true, contentType: 'application/json' }
      this.#open.get(deployment)?.channel.publish(exchange, routingKey, body, properties)
    }
    for (const { channel, closed } of this.#open.values()) await Promise.race([channel.waitForConfirms(), closed])
  }

  async #connect(): Promise<void> {
    for (const deployment of deployments) {
      const url = new URL(this.#url)
      url.pathname = `/${this.#brokers.vhost(deployment)}`
      const connection = await connect(url.href, { timeout: 10_000 })
      const closed = new Promise<never>((_, reject) => {
        connection.once('close', () => reject(new Error('the connection was closed')))
      })
      closed.catch(() => {})
      connection.on('error', () => {})
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => {})
      this.#open.set(deployment, { connection, channel, closed })
    }
  }
}
