import type { DeploymentEntry } from '@stacktach/runtime'
import { type ChannelModel, connect } from 'amqplib'

/** Messages that wait in a queue of the deployments file; null when there is no such queue yet. */
export interface WaitingQueue {
  deployment: string
  exchange: string
  queue: string
  waiting: number | null
}

/** Asks each deployment's broker how many messages wait in its queues, without declaring any. */
export async function waitingQueues(deployments: readonly DeploymentEntry[]): Promise<WaitingQueue[]> {
  const found = await Promise.all(deployments.map(queuesOf))
  return found.flat()
}

async function queuesOf(deployment: DeploymentEntry): Promise<WaitingQueue[]> {
  const connection = await connect(
    {
      hostname: deployment.rabbit_host,
      port: deployment.rabbit_port,
      username: deployment.rabbit_userid,
      password: deployment.rabbit_password,
      vhost: deployment.rabbit_virtual_host,
    },
    { timeout: 5_000 },
  )
  connection.on('error', () => {})
  try {
    const found: WaitingQueue[] = []
    for (const [exchange, bindings] of Object.entries(deployment.topics)) {
      for (const queue of new Set(bindings.map((binding) => binding.queue))) {
        found.push({ deployment: deployment.name, exchange, queue, waiting: await waitingIn(connection, queue) })
      }
    }
    return found
  } finally {
    await connection.close().catch(() => {})
  }
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
