import { setTimeout as sleep } from 'node:timers/promises'
import { closeQuietly } from '@stacktach/broker'
import type { NormalizeResult } from '@stacktach/domain'
import { type Message, type Parsed, type ReadOptions, readMessage, truncate } from '@stacktach/ingestion'
import { type Logger, messageOf } from '@stacktach/runtime'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import pRetry from 'p-retry'
import { Batcher, type BatchLimits } from './batcher.ts'
import type { QueueGroup } from './exchanges.ts'
import type { ExchangeMetrics } from './ingestMetrics.ts'

export interface ConsumerOptions {
  group: QueueGroup
  prefetch: number
  /** A message that exceeds the maximum size is truncated on arrival. */
  reading: ReadOptions
  limits: BatchLimits
  /** Determines the exchange of a message from its queue and the exchange of its delivery: see messageExchange. */
  exchangeOf(queue: string, delivered: string): string
  /** Declares exchanges, queues and bindings. */
  declare(connection: ChannelModel): Promise<void>
  /** Resolves when the batch is committed. A rejection requeues all unacknowledged messages. */
  store(messages: Parsed<Message>[]): Promise<void>
  /** Resolves when the database is available, or the process stops. */
  databaseAvailable(): Promise<void>
  metrics(exchange: string): Pick<ExchangeMetrics, 'received' | 'consuming'>
  /** Called when the queues cannot be consumed; it is retried. */
  onConsumeError(error: Error): void
  logger: Logger
}

const EMPTY_BUFFER = Buffer.alloc(0)

/** Larger messages are parsed only when their batch is stored: a parsed message takes as much memory again. */
const PARSE_EARLY_BYTES = 65_536

/** Delay before consuming again; randomized, so that the consumers of all processes do not retry at the same moment. */
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 15_000

interface Received {
  /** For the acknowledgement. */
  delivery: ConsumeMessage
  message: Message
  /** Null: not parsed yet. */
  result: NormalizeResult | null
}

/** The life of one channel. */
interface Session {
  channel: Channel
  consumerTags: string[]
  batcher: Batcher<Received>
  /** Resolves when all batches so far are acknowledged or requeued. */
  acknowledged: Promise<void>
  /** Resolves with the reason when the session is over. */
  ended: Promise<string>
  end(reason: string): void
}

type State =
  | { name: 'idle' }
  | { name: 'consuming'; session: Session }
  | { name: 'closing'; session: Session }
  | { name: 'stopped' }

/**
 * Consumes the queues of a group of exchanges on one channel and stores the messages in batches. A batch is acknowledged
 * after its commit, on the channel that delivered it.
 *
 * ## States
 *
 * ### idle
 * There is no channel. The initial state, and the state after a channel ended. While the connection is open, consuming
 * is retried with exponential backoff; the owner of a lost connection replaces it and calls `consume` again.
 * - `consume(connection)` or a retry: declares the queues and opens a channel → consuming
 * - `stop()` → stopped
 *
 * ### consuming
 * A channel is open.
 * - a message arrives: it is added to the current batch
 * - a batch is committed: it is acknowledged
 * - a batch could not be stored, or the broker cancelled a consumer (queue deleted): requeueAll → idle
 * - the channel or its connection is closed: messages in memory are discarded, and the broker redelivers them → idle
 * - `stop()` → closing
 *
 * ### closing
 * `stop()` was called. The consumers are cancelled; received messages are stored and acknowledged.
 * - all batches are acknowledged: the channel is closed → stopped
 * - a batch could not be stored: requeueAll → stopped
 * - the channel or its connection is closed → stopped
 *
 * ### stopped
 * Final. A channel that is being opened is closed again.
 */
export class QueueConsumer {
  readonly #options: ConsumerOptions
  readonly #stopping = new AbortController()
  #state: State = { name: 'idle' }

  constructor(options: ConsumerOptions) {
    this.#options = options
  }

  /**
   * Starts consuming on a connection, and again after every interruption until the connection is closed.
   *
   * @throws Error when the first attempt fails; it is not retried
   */
  async consume(connection: ChannelModel): Promise<void> {
    const closed = new AbortController()
    connection.once('close', () => closed.abort())
    const session = await this.#open(connection)
    if (session !== null) {
      void this.#keepConsuming(connection, session, AbortSignal.any([closed.signal, this.#stopping.signal]))
    }
  }

  /** Cancels the consumers, stores and acknowledges the received messages, and closes the channel. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#state.name === 'idle') this.#state = { name: 'stopped' }
    if (this.#state.name !== 'consuming') return
    const { session } = this.#state
    this.#state = { name: 'closing', session }
    const { channel, consumerTags, batcher } = session
    await closeQuietly(() => Promise.all(consumerTags.map((tag) => channel.cancel(tag))))
    await batcher.finish()
    await this.#close(session, 'stopped')
  }

  /** Consumes again whenever a session is over, until `signal` is aborted. */
  async #keepConsuming(connection: ChannelModel, first: Session, signal: AbortSignal): Promise<void> {
    const { group, logger } = this.#options
    let session: Session | null = first
    while (session !== null) {
      const reason = await session.ended
      if (signal.aborted) return
      logger.warn({ exchanges: group.exchanges, reason }, 'consuming interrupted')
      session = await this.#consumeAgain(connection, signal)
    }
  }

  /** Retries until a channel is open; null when `signal` is aborted first. */
  async #consumeAgain(connection: ChannelModel, signal: AbortSignal): Promise<Session | null> {
    const open = async () => {
      await this.#options.databaseAvailable()
      signal.throwIfAborted()
      return this.#open(connection).catch((error: unknown) => {
        // p-retry does not retry a TypeError, and a bug in amqplib can cause one.
        throw new Error(messageOf(error), { cause: error })
      })
    }
    try {
      // A channel that ends right after it was opened must not cause a busy loop.
      await sleep(RETRY_MIN_MS * (1 + Math.random()), undefined, { signal })
      return await pRetry(open, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: RETRY_MIN_MS,
        maxTimeout: RETRY_MAX_MS,
        randomize: true,
        signal,
        onFailedAttempt: ({ error }) => {
          if (!signal.aborted) this.#options.onConsumeError(error)
        },
      })
    } catch (error) {
      if (signal.aborted) return null
      throw error
    }
  }

  /** Opens a channel and consumes the queues; null when the consumer was stopped meanwhile. */
  async #open(connection: ChannelModel): Promise<Session | null> {
    const { group, declare, prefetch } = this.#options
    await declare(connection)
    const channel = await connection.createChannel()
    const session = this.#createSession(channel)
    if (this.#stopping.signal.aborted) {
      await closeQuietly(() => channel.close())
      return null
    }
    this.#state = { name: 'consuming', session }
    try {
      await channel.prefetch(prefetch)
      for (const queue of group.queues) await this.#consumeQueue(session, queue)
    } catch (error) {
      await this.#close(session, messageOf(error))
      if (this.#stopping.signal.aborted) return null
      throw error
    }
    this.#reportConsuming(true)
    void session.ended.then(() => this.#reportConsuming(false))
    return session
  }

  #reportConsuming(isConsuming: boolean): void {
    const { group, metrics } = this.#options
    for (const exchange of group.exchanges) metrics(exchange).consuming(isConsuming)
  }

  #createSession(channel: Channel): Session {
    let end: Session['end'] = () => {}
    const ended = new Promise<string>((resolve) => {
      end = resolve
    })
    const batcher = new Batcher<Received>(this.#options.limits, (batch) => this.#storeBatch(session, batch))
    const session: Session = { channel, consumerTags: [], batcher, acknowledged: Promise.resolve(), ended, end }
    channel.on('error', (error: Error) => this.#end(session, error.message))
    channel.on('close', () => this.#end(session, 'the channel was closed'))
    return session
  }

  async #consumeQueue(session: Session, queue: string): Promise<void> {
    const { consumerTag } = await session.channel.consume(queue, (delivery) => {
      // amqplib passes null when the broker cancels a consumer.
      if (delivery === null) void this.#requeueAll(session, `the broker cancelled the consumer of queue ${queue}`)
      else if (this.#isCurrent(session)) this.#receive(session, queue, delivery)
    })
    session.consumerTags.push(consumerTag)
  }

  #receive({ batcher }: Session, queue: string, delivery: ConsumeMessage): void {
    const { exchangeOf, reading, metrics } = this.#options
    const { exchange: delivered, routingKey } = delivery.fields
    const exchange = exchangeOf(queue, delivered)
    metrics(exchange).received()
    const message = truncate({ exchange, routingKey, body: delivery.content }, reading.maxBody)
    // Parsed while the previous batch is being committed: the process would be idle otherwise.
    const result = message.body.length <= PARSE_EARLY_BYTES ? readMessage(message, reading) : null
    // Drop the content: it can be a hundred times as large as the truncated body.
    batcher.add({ delivery: { ...delivery, content: EMPTY_BUFFER }, message, result }, message.body.length)
  }

  /** Stores a batch, and acknowledges it after the batches before it, in the order of delivery. */
  #storeBatch(session: Session, batch: Received[]): Promise<void> {
    const previous = session.acknowledged
    session.acknowledged = Promise.all([this.#commit(session, batch), previous]).then(() =>
      this.#acknowledge(session, batch),
    )
    return session.acknowledged
  }

  async #commit(session: Session, batch: readonly Received[]): Promise<void> {
    if (!this.#isCurrent(session)) return
    const { reading, store } = this.#options
    try {
      await store(batch.map(({ message, result }) => ({ ...message, result: result ?? readMessage(message, reading) })))
    } catch (error) {
      await this.#requeueAll(session, messageOf(error))
    }
  }

  #acknowledge(session: Session, batch: readonly Received[]): void {
    const last = batch.at(-1)
    if (last === undefined || !this.#isCurrent(session)) return
    try {
      // All earlier deliveries are acknowledged, so `allUpTo` covers exactly this batch.
      session.channel.ack(last.delivery, true)
    } catch (error) {
      // The channel was closed at this moment: the broker redelivers the batch, and it is stored as duplicates.
      this.#end(session, messageOf(error))
    }
  }

  /** Makes the broker requeue all unacknowledged messages, by closing the channel. */
  async #requeueAll(session: Session, reason: string): Promise<void> {
    if (this.#isCurrent(session)) await this.#close(session, reason)
  }

  async #close(session: Session, reason: string): Promise<void> {
    this.#end(session, reason)
    await closeQuietly(() => session.channel.close())
  }

  #end(session: Session, reason: string): void {
    if (this.#isCurrent(session)) this.#state = { name: this.#state.name === 'closing' ? 'stopped' : 'idle' }
    session.batcher.clear()
    session.end(reason)
  }

  #isCurrent(session: Session): boolean {
    return 'session' in this.#state && this.#state.session === session
  }
}
