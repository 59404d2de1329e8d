import type { NormalizeResult } from '@stacktach/domain'
import type { Logger, QueueBinding } from '@stacktach/runtime'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { closeQuietly } from '../broker/goodbye.ts'
import { Batcher, type BatchLimits } from './batcher.ts'
import type { ChannelMetrics } from './ingestMetrics.ts'
import { type Message, type Parsed, readMessage, truncate } from './message.ts'

export interface ConsumerOptions {
  exchange: string
  bindings: readonly QueueBinding[]
  prefetch: number
  /** Bytes; of a larger message only the beginning is held. */
  maxBody: number
  limits: BatchLimits
  /** Declares exchange, queues and bindings. */
  declare(connection: ChannelModel): Promise<void>
  /** Resolves when all that the messages mean is committed, however long that takes; rejects to give them back. */
  store(messages: Parsed<Message>[]): Promise<void>
  /** Resolves when there is hope that `store` works again. */
  storable(): Promise<void>
  metrics: Pick<ChannelMetrics, 'received' | 'subscribed'>
  /** Told why an exchange could not be subscribed to; it is tried again. */
  onRefused(error: Error): void
  logger: Logger
}

const EMPTY_BUFFER = Buffer.alloc(0)

/** Bytes of a message that is read at once; a larger one waits unread, since what it means takes as much memory again. */
const READ_AHEAD = 65_536

/** Milliseconds until a lost channel is tried again. */
const RECONNECT_DELAY_MS = 1_000

/**
 * Consumes the queues of one exchange on one channel, a batch at a time.
 *
 * States: idle (no channel) → subscribed (deliveries gather and are stored) → idle again when the channel or the
 * connection is lost, a queue is deleted, or a batch could not be stored; → stopped. What a closed channel delivered is
 * forgotten: the broker delivers it again.
 */
export class ExchangeConsumer {
  readonly #options: ConsumerOptions
  #subscription: Subscription | undefined
  #stopped = false

  constructor(options: ConsumerOptions) {
    this.#options = options
  }

  /**
   * Subscribes on a connection, and again, as long as the connection lives, whenever the subscription ends. A lost connection
   * is made anew by its owner, who calls this for the new one.
   *
   * @throws Error when the first subscription fails
   */
  async consume(connection: ChannelModel): Promise<void> {
    const life = { over: false }
    connection.once('close', () => {
      life.over = true
    })
    const first = await this.#subscribe(connection)
    if (first !== null) void this.#keepSubscribed(connection, life, first)
  }

  /** Stops taking messages, finishes those in hand, and closes the channel. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#subscription?.stop()
  }

  async #keepSubscribed(connection: ChannelModel, life: { over: boolean }, first: Subscription): Promise<void> {
    const { exchange, logger, onRefused, storable } = this.#options
    for (let current: Subscription | null = first; ; ) {
      if (current !== null) {
        const reason = await current.ended
        if (this.#stopped) return
        logger.warn({ exchange, reason }, 'subscription ended')
      }
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_DELAY_MS))
      await storable()
      if (life.over || this.#stopped) return
      current = await this.#subscribe(connection).catch((err: Error) => {
        onRefused(err)
        return null
      })
    }
  }

  /** One subscription, null when this consumer was stopped meanwhile. */
  async #subscribe(connection: ChannelModel): Promise<Subscription | null> {
    await this.#options.declare(connection)
    const channel = await connection.createChannel()
    const subscription = new Subscription(channel, this.#options)
    this.#subscription = subscription
    try {
      await subscription.start()
    } catch (error) {
      await channel.close().catch(() => {})
      throw error
    }
    if (this.#stopped) {
      await subscription.stop()
      return null
    }
    const { metrics } = this.#options
    metrics.subscribed(true)
    void subscription.ended.then(() => metrics.subscribed(false))
    return subscription
  }
}

/** A message, what it means once it has been read, and what acknowledges it. */
interface Received {
  receipt: ConsumeMessage
  message: Message
  result: NormalizeResult | null
}

/** One life of a channel. */
class Subscription {
  /** Resolves with the reason when this channel delivers no more. */
  readonly ended: Promise<string>
  readonly #channel: Channel
  readonly #options: ConsumerOptions
  readonly #batcher: Batcher<Received>
  #end: (reason: string) => void = () => {}
  readonly #tags: string[] = []
  /** When all batches until now are acknowledged, or given back. */
  #settled: Promise<void> = Promise.resolve()
  #open = true

  constructor(channel: Channel, options: ConsumerOptions) {
    this.#channel = channel
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#batcher = new Batcher(options.limits, (batch) => this.#store(batch))
    channel.on('error', (error: Error) => this.#closed(error.message))
    channel.on('close', () => this.#closed('the channel was closed'))
  }

  async start(): Promise<void> {
    await this.#channel.prefetch(this.#options.prefetch)
    for (const queue of new Set(this.#options.bindings.map((binding) => binding.queue))) {
      const { consumerTag } = await this.#channel.consume(queue, (delivered) => {
        if (delivered === null) void this.#give(`the broker cancelled the consumer of ${queue}`)
        else if (this.#open) this.#receive(delivered)
      })
      this.#tags.push(consumerTag)
    }
  }

  async stop(): Promise<void> {
    if (!this.#open) return
    await closeQuietly(Promise.all(this.#tags.map((tag) => this.#channel.cancel(tag))))
    await this.#batcher.finish()
    this.#open = false
    await closeQuietly(this.#channel.close())
    this.#end('stopped')
  }

  #receive(delivered: ConsumeMessage): void {
    const { exchange, maxBody, metrics } = this.#options
    metrics.received()
    const message = truncate({ exchange, routingKey: delivered.fields.routingKey, body: delivered.content }, maxBody)
    // Without its content, which may be a hundred times what is kept of it.
    const receipt = { ...delivered, content: EMPTY_BUFFER }
    // Read while the batch before is committed: this process would only wait for that.
    const result = message.body.length <= READ_AHEAD ? readMessage(message, maxBody) : null
    this.#batcher.add({ receipt, message, result }, message.body.length)
  }

  /** Stores a batch, and acknowledges it when those before it are: in the order of delivery, whichever commits first. */
  #store(batch: Received[]): Promise<void> {
    this.#settled = Promise.all([this.#commit(batch), this.#settled]).then(() => this.#acknowledge(batch))
    return this.#settled
  }

  async #commit(batch: readonly Received[]): Promise<void> {
    if (!this.#open) return
    try {
      const { maxBody, store } = this.#options
      await store(batch.map(({ message, result }) => ({ ...message, result: result ?? readMessage(message, maxBody) })))
    } catch (error) {
      // Nothing is acknowledged on this channel any more.
      await this.#give(error instanceof Error ? error.message : String(error))
    }
  }

  #acknowledge(batch: readonly Received[]): void {
    const last = batch.at(-1)
    try {
      // All that were delivered before are acknowledged already, so this acknowledges exactly this batch.
      if (this.#open && last) this.#channel.ack(last.receipt, true)
    } catch (error) {
      // Closed in this very moment: the broker delivers them again, and they are known by then.
      this.#closed(error instanceof Error ? error.message : String(error))
    }
  }

  /** Gives everything back to the broker by closing the channel. */
  async #give(reason: string): Promise<void> {
    if (!this.#open) return
    this.#closed(reason)
    await closeQuietly(this.#channel.close())
  }

  #closed(reason: string): void {
    this.#open = false
    this.#batcher.clear()
    this.#end(reason)
  }
}
