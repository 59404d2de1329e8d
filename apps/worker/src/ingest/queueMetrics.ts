import { queueDepths } from '@stacktach/broker'
import type { DeploymentEntry, Metrics, Sample } from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'

export interface ConnectedDeployment {
  deployment: DeploymentEntry
  /** Undefined while the broker is unavailable. */
  connection(): ChannelModel | undefined
}

type QueueSample = Sample<'messages' | 'consumers', 'deployment' | 'queue'>

/** Registers depth and consumers of each deployment's queues, read at each scrape. A broker that is unavailable has no samples. */
export function queueMetrics(metrics: Metrics, deployments: readonly ConnectedDeployment[]): void {
  const labels = ['deployment', 'queue'] as const
  metrics.collector(
    'queues',
    {
      messages: { name: 'queue_messages', help: 'Messages ready for delivery in a queue of the broker.', labels },
      consumers: { name: 'queue_consumers', help: 'Consumers of a queue, all processes.', labels },
    },
    async () => (await Promise.all(deployments.map(deploymentSamples))).flat(),
  )
}

async function deploymentSamples({ deployment, connection }: ConnectedDeployment): Promise<QueueSample[]> {
  const model = connection()
  if (model === undefined) return []
  const queues = new Set(Object.values(deployment.topics).flatMap((bindings) => bindings.map(({ queue }) => queue)))
  return [...(await queueDepths(model, queues))].flatMap(([queue, depth]): QueueSample[] => {
    if (depth === null) return []
    const labels = { deployment: deployment.name, queue }
    return [
      { gauge: 'messages', labels, value: depth.messages },
      { gauge: 'consumers', labels, value: depth.consumers },
    ]
  })
}
