import type { DeploymentEntry, Metrics, Sample } from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'

/** A deployment, and its connection as long as there is one. */
export interface Connected {
  deployment: DeploymentEntry
  connection(): ChannelModel | undefined
}

/** Asks each broker how much waits in its queues, when the metrics are read. A broker that is away has no numbers. */
export function queueDepths(metrics: Metrics, connected: readonly Connected[]): void {
  const labels = ['deployment', 'queue'] as const
  metrics.collector(
    'queues',
    {
      messages: { name: 'queue_messages', help: 'Messages that wait in a queue of the broker.', labels },
      consumers: { name: 'queue_consumers', help: 'Who consumes a queue of the broker, other processes too.', labels },
    },
    async () => (await Promise.all(connected.map(ofDeployment))).flat(),
  )
}

type Depth = Sample<'messages' | 'consumers', 'deployment' | 'queue'>

async function ofDeployment({ deployment, connection }: Connected): Promise<Depth[]> {
  const model = connection()
  if (model === undefined) return []
  const queues = new Set(Object.values(deployment.topics).flatMap((bindings) => bindings.map(({ queue }) => queue)))
  const depths: Depth[] = []
  for (const queue of queues) {
    const labels = { deployment: deployment.name, queue }
    // A queue that is not there closes the channel that asks for it.
    const channel = await model.createChannel()
    channel.on('error', () => {})
    const found = await channel.checkQueue(queue).catch(() => null)
    if (found === null) continue
    await channel.close()
    depths.push({ gauge: 'messages', labels, value: found.messageCount })
    depths.push({ gauge: 'consumers', labels, value: found.consumerCount })
  }
  return depths
}
