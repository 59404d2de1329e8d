import { declareOrCheck, isTransientQueueRefusal, onChannel } from '@stacktach/broker'
import { type DeploymentEntry, type Logger, messageOf, type QueueBinding } from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'

/** The broker closed the connection instead of declaring a transient queue; the next attempt declares it durable. */
export class TransientQueueRefused extends Error {
  override name = 'TransientQueueRefused'
}

/**
 * Declares a deployment's exchanges, queues and bindings as StackTach does: topic exchanges and queues, durable as
 * configured in the deployments file. If they exist with other properties, because the cloud's services declared them
 * first, they are used unchanged, with a warning.
 */
export class Topology {
  readonly #deployment: DeploymentEntry
  readonly #logger: Logger
  /** The broker refuses transient queues. */
  #refusesTransient = false

  constructor(deployment: DeploymentEntry, logger: Logger) {
    this.#deployment = deployment
    this.#logger = logger
  }

  /**
   * Declares exchanges with their queues and bindings.
   *
   * @throws TransientQueueRefused when the connection is lost because of it; declaring again succeeds
   * @throws Error of the broker: see describeBrokerError
   */
  async declare(connection: ChannelModel, exchanges: readonly string[]): Promise<void> {
    const { topics } = this.#deployment
    for (const exchange of exchanges) {
      const bindings = topics[exchange] ?? []
      await this.#declareExchange(connection, exchange)
      for (const queue of new Set(bindings.map(({ queue }) => queue))) await this.#declareQueue(connection, queue)
      await bindQueues(connection, exchange, bindings)
    }
    this.#warn(connection, exchanges)
  }

  /**
   * Binds the queues again, which has no effect on an existing binding. A service that deletes and redeclares its
   * exchange, for example to make it durable, deletes the bindings with it.
   *
   * @returns the errors of exchanges that do not exist
   */
  async bind(connection: ChannelModel): Promise<Error[]> {
    const errors: Error[] = []
    for (const [exchange, bindings] of Object.entries(this.#deployment.topics)) {
      await bindQueues(connection, exchange, bindings).catch((error: unknown) => {
        errors.push(error instanceof Error ? error : new Error(messageOf(error)))
      })
    }
    return errors
  }

  #declareExchange(connection: ChannelModel, exchange: string): Promise<void> {
    const durable = this.#deployment.durable_queue
    return declareOrCheck(
      connection,
      (channel) => channel.assertExchange(exchange, 'topic', { durable, autoDelete: false }),
      (channel) => channel.checkExchange(exchange),
      (reason) =>
        this.#logger.warn({ exchange, reason }, 'the exchange exists with other properties and is used unchanged'),
    )
  }

  async #declareQueue(connection: ChannelModel, queue: string): Promise<void> {
    const { durable_queue, queue_arguments } = this.#deployment
    const durable = durable_queue || this.#refusesTransient
    try {
      await declareOrCheck(
        connection,
        (channel) =>
          channel.assertQueue(queue, { durable, autoDelete: false, exclusive: false, arguments: queue_arguments }),
        (channel) => channel.checkQueue(queue),
        (reason) =>
          this.#logger.warn({ queue, reason }, 'the queue exists with other properties and is used unchanged'),
      )
    } catch (error) {
      if (durable || !isTransientQueueRefusal(error)) throw error
      this.#refusesTransient = true
      this.#logger.warn(
        { queue, reason: messageOf(error) },
        'the broker does not allow transient queues, so the queues are declared durable: set "durable_queue": true in the deployments file',
      )
      // RabbitMQ 4.3 has closed the connection; a policy of another version may close the channel only.
      await this.#declareQueue(connection, queue).catch(() => {
        throw new TransientQueueRefused(messageOf(error), { cause: error })
      })
    }
  }

  #warn(connection: ChannelModel, exchanges: readonly string[]): void {
    const { queue_arguments, topics } = this.#deployment
    const limit = deliveryLimit(queue_arguments, connection.connection.serverProperties.version)
    if (limit !== null) {
      this.#logger.warn(
        { limit },
        `quorum queues discard a message after ${limit} redeliveries, e.g. while the database is full: set x-dead-letter-exchange, or x-delivery-limit to -1`,
      )
    }
    for (const exchange of exchanges) {
      const withoutErrors = topicsWithoutErrors(topics[exchange] ?? [])
      if (withoutErrors.length > 0) {
        this.#logger.warn({ topics: withoutErrors }, 'only .info is bound: bind .error too, or failures are lost')
      }
    }
  }
}

function bindQueues(connection: ChannelModel, exchange: string, bindings: readonly QueueBinding[]): Promise<void> {
  return onChannel(connection, async (channel) => {
    for (const { queue, routing_key, from } of bindings) await channel.bindQueue(queue, from ?? exchange, routing_key)
  })
}

/** Default x-delivery-limit of a quorum queue since RabbitMQ 4. */
const DEFAULT_DELIVERY_LIMIT = 20

/**
 * The number of redeliveries after which the broker discards a message of a queue with these arguments; null if it never
 * does, or dead-letters the message. A policy may override this, which a client cannot see.
 */
export function deliveryLimit(
  queueArguments: DeploymentEntry['queue_arguments'],
  brokerVersion: string,
): number | null {
  if (queueArguments['x-queue-type'] !== 'quorum' || queueArguments['x-dead-letter-exchange'] !== undefined) return null
  const defaultLimit = Number.parseInt(brokerVersion, 10) >= 4 ? DEFAULT_DELIVERY_LIMIT : -1
  const limit = queueArguments['x-delivery-limit'] ?? defaultLimit
  return typeof limit === 'number' && limit >= 0 ? limit : null
}

/** Topics, such as `notifications`, whose `.info` is bound but not `.error`. Bindings to other exchanges are not checked. */
export function topicsWithoutErrors(bindings: readonly QueueBinding[]): string[] {
  const keys = [...new Set(bindings.filter(({ from }) => from === undefined).map(({ routing_key }) => routing_key))]
  return keys
    .filter((key) => key.endsWith('.info'))
    .map((key) => key.slice(0, -'.info'.length))
    .filter((topic) => !keys.some((key) => bindingMatches(key, `${topic}.error`)))
}

/** Whether a topic exchange routes a routing key to a binding: `*` matches one word, `#` any number of words. */
function bindingMatches(bindingKey: string, routingKey: string): boolean {
  const literal = (word: string) => word.replace(/[^\w]/g, '\\$&')
  const pattern = bindingKey
    .split('.')
    .map((word) => (word === '#' ? '(?:\\.[^.]*)*' : word === '*' ? '\\.[^.]*' : `\\.${literal(word)}`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`.${routingKey}`)
}
