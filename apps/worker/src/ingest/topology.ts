import type { DeploymentEntry, Logger, QueueBinding } from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'
import { declareOrCheck, onChannel } from '../broker/declareOrUse.ts'

/**
 * Declares an exchange, its queues and their bindings as StackTach does: a topic exchange and queues, durable as the
 * deployments file says. What exists with other properties is used as it is, with a warning: the cloud's own services may
 * have declared it first.
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
    (reason) => logger.warn({ exchange, reason }, 'the exchange exists with other properties: used as it is'),
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
      (reason) => logger.warn({ queue, reason }, 'the queue exists with other properties: used as it is'),
    )
  }
  await onChannel(connection, async (channel) => {
    for (const { queue, routing_key, from } of bindings) await channel.bindQueue(queue, from ?? exchange, routing_key)
  })
  const limit = deliveryLimit(deployment.queue_arguments, connection.connection.serverProperties.version)
  if (limit !== null) {
    logger.warn(
      { limit },
      'the broker drops what is given back this often, as when the database is full: set x-dead-letter-exchange, or x-delivery-limit -1',
    )
  }
  const withoutErrors = topicsWithoutErrors(bindings)
  if (withoutErrors.length > 0) {
    logger.warn(
      { topics: withoutErrors },
      'only .info is bound: errors arrive on .error alone, so every failure is lost',
    )
  }
}

/** What a quorum queue has by default, since RabbitMQ 4. */
const DELIVERY_LIMIT = 20

/**
 * How often a message of a queue with these arguments is delivered again before the broker drops it; null when it never is, or
 * goes to a dead letter exchange. A policy may say otherwise, of which a client is not told.
 */
export function deliveryLimit(given: DeploymentEntry['queue_arguments'], brokerVersion: string): number | null {
  if (given['x-queue-type'] !== 'quorum' || given['x-dead-letter-exchange'] !== undefined) return null
  const limit = given['x-delivery-limit'] ?? (Number.parseInt(brokerVersion, 10) >= 4 ? DELIVERY_LIMIT : -1)
  return typeof limit === 'number' && limit >= 0 ? limit : null
}

/** Topics (`notifications`) of which `.info` is bound and `.error` is not. What comes from another exchange is not known. */
export function topicsWithoutErrors(bindings: readonly QueueBinding[]): string[] {
  const keys = [...new Set(bindings.filter(({ from }) => from === undefined).map(({ routing_key }) => routing_key))]
  return keys
    .filter((key) => key.endsWith('.info'))
    .map((key) => key.slice(0, -'.info'.length))
    .filter((topic) => !keys.some((key) => takes(key, `${topic}.error`)))
}

/** Whether a topic exchange sends a routing key through a binding: `*` is one word, `#` any number of them. */
function takes(binding: string, routingKey: string): boolean {
  const word = (part: string) => part.replace(/[^\w]/g, '\\$&')
  const pattern = binding
    .split('.')
    .map((part) => (part === '#' ? '(?:\\.[^.]*)*' : part === '*' ? '\\.[^.]*' : `\\.${word(part)}`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`.${routingKey}`)
}
