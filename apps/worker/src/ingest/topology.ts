import { declareOrCheck, onChannel } from '@stacktach/broker'
import type { DeploymentEntry, Logger, QueueBinding } from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'

/**
 * Declares an exchange, its queues and their bindings as StackTach does: a topic exchange and queues, durable as
 * configured in the deployments file. If they exist with other properties, because the cloud's services declared them
 * first, they are used unchanged, with a warning.
 */
export async function declareTopology(
  connection: ChannelModel,
  deployment: DeploymentEntry,
  exchange: string,
  bindings: readonly QueueBinding[],
  logger: Logger,
): Promise<void> {
  const durable = deployment.durable_queue
  await declareOrCheck(
    connection,
    (channel) => channel.assertExchange(exchange, 'topic', { durable, autoDelete: false }),
    (channel) => channel.checkExchange(exchange),
    (reason) => logger.warn({ exchange, reason }, 'the exchange exists with other properties and is used unchanged'),
  )
  for (const { queue } of bindings) {
    await declareOrCheck(
      connection,
      (channel) =>
        channel.assertQueue(queue, {
          durable,
          autoDelete: false,
          exclusive: false,
          arguments: deployment.queue_arguments,
        }),
      (channel) => channel.checkQueue(queue),
      (reason) => logger.warn({ queue, reason }, 'the queue exists with other properties and is used unchanged'),
    )
  }
  await onChannel(connection, async (channel) => {
    for (const { queue, routing_key, from } of bindings) await channel.bindQueue(queue, from ?? exchange, routing_key)
  })
  const limit = deliveryLimit(deployment.queue_arguments, connection.connection.serverProperties.version)
  if (limit !== null) {
    logger.warn(
      { limit },
      `quorum queues discard a message after ${limit} redeliveries, e.g. while the database is full: set x-dead-letter-exchange, or x-delivery-limit to -1`,
    )
  }
  const withoutErrors = topicsWithoutErrors(bindings)
  if (withoutErrors.length > 0) {
    logger.warn({ topics: withoutErrors }, 'only .info is bound: bind .error too, or failures are lost')
  }
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
