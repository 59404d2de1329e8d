import { brokerOf, type DeploymentEntry } from '@stacktach/runtime'
import { type ChannelModel, connect } from 'amqplib'

/** Messages that wait in a queue of the deployments file; null when it cannot be told: no such queue yet, or no broker. */
export interface WaitingQueue {
  deployment: string
  exchange: string
  queue: string
  waiting: number | null
}

/**
 * Asks each deployment's broker how many messages wait in its queues, without declaring any.
 *
 * @param onAway told of a broker that does not answer; the others are asked all the same
 */
export async function waitingQueues(
  deployments: readonly DeploymentEntry[],
  onAway: (deployment: string, error: Error) => void,
): Promise<WaitingQueue[]> {
  const found = await Promise.all(
    deployments.map(async (deployment) => {
      try {
        const connection = await connectTo(deployment)
        return await queuesOf(deployment, (queue) => waitingIn(connection, queue)).finally(() => connection.close())
      } catch (error) {
        onAway(deployment.name, error instanceof Error ? error : new Error(String(error)))
        return queuesOf(deployment, async () => null)
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
  waiting: (queue: string) => Promise<number | null>,
): Promise<WaitingQueue[]> {
  const found: WaitingQueue[] = []
  for (const [exchange, bindings] of Object.entries(deployment.topics)) {
    for (const queue of new Set(bindings.map((binding) => binding.queue))) {
      found.push({ deployment: deployment.name, exchange, queue, waiting: await waiting(queue) })
    }
  }
  return found
}

/** A passive declaration of a queue that is not there closes its channel, so each has one of its own. */
async function waitingIn(connection: ChannelModel, queue: string): Promise<number | null> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  try {
    const { messageCount } = await channel.checkQueue(queue)
    await channel.close()
    return messageCount
  } catch {
    return null
  }
}
