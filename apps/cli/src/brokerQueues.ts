import { connectToBroker, type QueueDepth, queueDepths } from '@stacktach/broker'
import type { DeploymentEntry } from '@stacktach/runtime'

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
      const depths = await readDepths(deployment).catch((error: unknown) => {
        onUnavailable(deployment, error instanceof Error ? error : new Error(String(error)))
        return new Map<string, null>()
      })
      return exchangeQueues(deployment).map(({ exchange, queue }): BrokerQueue => {
        const { messages, consumers } = depths.get(queue) ?? { messages: null, consumers: null }
        return { deployment: deployment.name, exchange, queue, messages, consumers }
      })
    }),
  )
  return queues.flat()
}

async function readDepths(deployment: DeploymentEntry): Promise<Map<string, QueueDepth | null>> {
  const connection = await connectToBroker(deployment, CONNECT_TIMEOUT_MS)
  const queues = new Set(exchangeQueues(deployment).map(({ queue }) => queue))
  return queueDepths(connection, queues).finally(() => connection.close())
}

/** Each queue once per exchange, in the order of the file. */
function exchangeQueues(deployment: DeploymentEntry): { exchange: string; queue: string }[] {
  return Object.entries(deployment.topics).flatMap(([exchange, bindings]) =>
    [...new Set(bindings.map(({ queue }) => queue))].map((queue) => ({ exchange, queue })),
  )
}
