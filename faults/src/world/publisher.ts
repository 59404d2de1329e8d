import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { deployments, type StreamMessage } from '../stream.ts'
import type { Brokers } from './brokers.ts'

/** Messages that are sent before their confirmations are waited for, unless asked otherwise. */
const WINDOW = 25

/** Milliseconds that a broker may be away. */
const PATIENCE = 180_000

/** A cloud's side: keeps what the broker has not confirmed and sends it again, as its outbox would. */
export class Publisher {
  readonly #url: string
  readonly #brokers: Brokers
  #open = new Map<string, { connection: ChannelModel; channel: ConfirmChannel; broken: Promise<never> }>()

  constructor(amqpUrl: string, brokers: Brokers) {
    this.#url = amqpUrl
    this.#brokers = brokers
  }

  /** Resolves when each message is confirmed: it is in a durable queue. `onSent` is told how many are. */
  async publish(
    messages: readonly StreamMessage[],
    onSent: (sent: number) => void = () => {},
    together = WINDOW,
  ): Promise<void> {
    for (let from = 0; from < messages.length; from += together) {
      const window = messages.slice(from, from + together)
      const deadline = Date.now() + PATIENCE
      for (;;) {
        try {
          await this.#send(window)
          break
        } catch (error) {
          if (Date.now() > deadline) throw error
          await this.close()
          await sleep(200)
        }
      }
      onSent(from + window.length)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = new Map()
    for (const { connection } of open.values()) {
      // Closing one that is dead can hang.
      await Promise.race([connection.close().catch(() => {}), sleep(500)])
    }
  }

  async #send(messages: readonly StreamMessage[]): Promise<void> {
    if (this.#open.size === 0) await this.#connect()
    for (const { deployment, exchange, routingKey, body } of messages) {
      const properties = { persistent: true, contentType: 'application/json' }
      this.#open.get(deployment)?.channel.publish(exchange, routingKey, body, properties)
    }
    for (const { channel, broken } of this.#open.values()) await Promise.race([channel.waitForConfirms(), broken])
  }

  async #connect(): Promise<void> {
    for (const deployment of deployments) {
      const url = new URL(this.#url)
      url.pathname = `/${this.#brokers.vhost(deployment)}`
      const connection = await connect(url.href, { timeout: 10_000 })
      const broken = new Promise<never>((_, reject) => {
        connection.once('close', () => reject(new Error('the connection was closed')))
      })
      broken.catch(() => {})
      connection.on('error', () => {})
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => {})
      this.#open.set(deployment, { connection, channel, broken })
    }
  }
}
