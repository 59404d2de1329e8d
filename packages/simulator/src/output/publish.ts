import { type OpenBroker, openBroker } from './broker.ts'
import type { Broker } from './deployments.ts'
import { type Pace, paced } from './pace.ts'
import type { SimulatedMessage } from './message.ts'

export type PublishOptions = Pace & {
  /** How many seconds to wait for the configured queues before the first message; 0 does not. */
  readonly waitForQueues: number
  /** Ends the publishing in order: what is out gets confirmed. */
  readonly signal: AbortSignal
}

export type Published = {
  /** Confirmed by a broker. */
  readonly published: number
  /** Those of them that no queue was bound for. */
  readonly unroutable: number
}

// What may be out and unconfirmed: enough to keep a broker busy, about a megabyte in memory.
const window = 400

async function openAll(brokers: readonly Broker[], options: PublishOptions): Promise<Map<string, OpenBroker>> {
  const open = new Map<string, OpenBroker>()
  try {
    for (const broker of brokers) {
      open.set(broker.name, await openBroker(broker, options.waitForQueues, options.signal))
    }
    return open
  } catch (error) {
    await closeAll(open)
    throw error
  }
}

async function closeAll(open: Map<string, OpenBroker>): Promise<void> {
  // A connection that is dead already has nothing to close.
  for (const broker of open.values()) await broker.close().catch(() => {})
}

/**
 * Publishes the messages to the brokers of their deployments: persistent, each confirmed before this resolves, never
 * more than some hundreds unconfirmed. Rejects when a broker fails.
 */
export async function publishMessages(
  messages: Iterable<SimulatedMessage>,
  brokers: readonly Broker[],
  options: PublishOptions,
): Promise<Published> {
  const open = await openAll(brokers, options)
  const settled = async (): Promise<void> => {
    for (const broker of open.values()) await broker.confirmed()
  }
  let published = 0
  try {
    for await (const message of paced(messages, options, options.signal)) {
      const broker = open.get(message.deployment)
      if (broker === undefined) throw new Error(`no broker for deployment ${message.deployment}`)
      broker.publish(message)
      published += 1
      if (published % window === 0) await settled()
    }
    await settled()
    const unroutable = [...open.values()].reduce((sum, broker) => sum + broker.unroutable(), 0)
    return { published, unroutable }
  } finally {
    await closeAll(open)
  }
}
