import { brokerOf, type DeploymentEntry } from '@stacktach/runtime'
import { type ChannelModel, connect } from 'amqplib'

const CONNECT_TIMEOUT_MS = 5_000

/** A queue of the deployments file. The counts are null when the queue does not exist or its broker is unavailable. */
export interface BrokerQueue {
  deployment: string
  exchange: string
  queue: string
  /** Messages ready for delivery. */
  messages: number | null
  consumers: number | null
}

type Counts = Pick<BrokerQueue, 'messages' | 'consumers'>

const unknownCounts: Counts = { messages: null, consumers: null }

/**
 * Reads the depth and the consumers of each deployment's queues, without declaring any.
 *
 * @param onUnavailable called for each broker that fails; the queues of the others are still read
 */
export async function brokerQueues(
  deployments: readonly DeploymentEntry[],
  onUnavailable: (deployment: DeploymentEntry, error: Error) => void,
): Promise<BrokerQueue[]> {
  const queues = await Promise.all(
    deployments.map(async (deployment) => {
      try {
        const connection = await connectTo(deployment)
        return await queuesOf(deployment, (queue) => checkQueue(connection, queue)).finally(() => connection.close())
      } catch (error) {
        onUnavailable(deployment, error instanceof Error ? error : new Error(String(error)))
        return queuesOf(deployment, async () => unknownCounts)
      }
    }),
  )
  return queues.flat()
}

async function connectTo(deployment: DeploymentEntry): Promise<ChannelModel> {
  const connection = await connect(brokerOf(deployment), { timeout: CONNECT_TIMEOUT_MS })
  connection.on('error', () => {})
  return connection
}

async function queuesOf(
  deployment: DeploymentEntry,
  readCounts: (queue: string) => Promise<Counts>,
): Promise<BrokerQueue[]> {
  const queues: BrokerQueue[] = []
  for (const [exchange, bindings] of Object.entries(deployment.topics)) {
    for (const queue of new Set(bindings.map((binding) => binding.queue))) {
      queues.push({ deployment: deployment.name, exchange, queue, ...(await readCounts(queue)) })
    }
  }
  return queues
}

/** Declares a queue passively, on a channel of its own: RabbitMQ closes the channel when the queue does not exist. */
async function checkQueue(connection: ChannelModel, queue: string): Promise<Counts> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(queue)
    await channel.close()
    return { messages: messageCount, consumers: consumerCount }
  } catch {
    return unknownCounts
  }
}
