import type { ChannelModel } from 'amqplib'

export interface QueueDepth {
  /** Ready for delivery; unacknowledged messages are not included. */
  messages: number
  /** Of all processes. */
  consumers: number
}

/**
 * Reads the depth and the consumers of queues by passive declares.
 *
 * @returns by queue; null for a queue that does not exist or may not be read
 * @throws Error when the connection is closed
 */
export async function queueDepths(
  connection: ChannelModel,
  queues: Iterable<string>,
): Promise<Map<string, QueueDepth | null>> {
  const depths = new Map<string, QueueDepth | null>()
  for (const queue of queues) depths.set(queue, await queueDepth(connection, queue))
  return depths
}

async function queueDepth(connection: ChannelModel, queue: string): Promise<QueueDepth | null> {
  // A channel of its own: RabbitMQ closes the channel when the queue does not exist.
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  const counts = await channel.checkQueue(queue).catch(() => null)
  if (counts === null) return null
  await channel.close()
  return { messages: counts.messageCount, consumers: counts.consumerCount }
}
