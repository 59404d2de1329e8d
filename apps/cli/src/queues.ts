import { brokerOf, type DeploymentEntry } from '@stacktach/runtime'
import { type ChannelModel, connect } from 'amqplib'

/** A queue of the deployments file; null is what cannot be told: no such queue yet, or no broker. */
export interface WaitingQueue {
  deployment: string
  exchange: string
  queue: string
  /** Messages. */
  waiting: number | null
  consumers: number | null
}

type Counts = Pick<WaitingQueue, 'waiting' | 'consumers'>

const unknown: Counts = { waiting: null, consumers: null }

/**
 * Asks each deployment's broker how many messages wait in its queues, without declaring any.
 *
 * @param onAway told of a broker that does not answer; the others are asked all the same
 */
export async function waitingQueues(
  deployments: readonly DeploymentEntry[],
  onAway: (deployment: DeploymentEntry, error: Error) => void,
): Promise<WaitingQueue[]> {
  const found = await Promise.all(
    deployments.map(async (deployment) => {
      try {
        const connection = await connectTo(deployment)
        return await queuesOf(deployment, (queue) => countsIn(connection, queue)).finally(() => connection.close())
      } catch (error) {
        onAway(deployment, error instanceof Error ? error : new Error(String(error)))
        return queuesOf(deployment, async () => unknown)
      }
    }),
  )
  return found.flat()
}

async function connectTo(deployment: DeploymentEntry): Promise<ChannelModel> {
  const connection = await connect(brokerOf(deployment), { timeout: 5_000 })
  connection.on('error', () => {})
  return connection
}

async function queuesOf(
  deployment: DeploymentEntry,
  countsOf: (queue: string) => Promise<Counts>,
): Promise<WaitingQueue[]> {
  const found: WaitingQueue[] = []
  for (const [exchange, bindings] of Object.entries(deployment.topics)) {
    for (const queue of new Set(bindings.map((binding) => binding.queue))) {
      found.push({ deployment: deployment.name, exchange, queue, ...(await countsOf(queue)) })
    }
  }
  return found
}

/** A passive declaration of a queue that is not there closes its channel, so each has one of its own. */
async function countsIn(connection: ChannelModel, queue: string): Promise<Counts> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(queue)
    await channel.close()
    return { waiting: messageCount, consumers: consumerCount }
  } catch {
    return unknown
  }
}
