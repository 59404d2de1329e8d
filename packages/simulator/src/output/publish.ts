import { type OpenBroker, openBroker } from './broker.ts'
import type { Broker } from './deployments.ts'
import type { SimulatedMessage } from './message.ts'
import { type Pace, paced } from './pace.ts'

export type PublishOptions = Pace & {
  /** The exchanges to declare; by default those of nova and glance. */
  readonly exchanges?: readonly string[]
  /** How many seconds to wait for the configured queues before the first message; 0 does not wait. */
  readonly waitForQueues: number
  /** Stops publishing; messages that were already sent are still confirmed. */
  readonly signal: AbortSignal
}

export type Published = {
  /** Messages confirmed by a broker. */
  readonly published: number
  /** Published messages for which no queue was bound. */
  readonly unroutable: number
}

// Enough to keep a broker busy; about a megabyte of memory.
const MAX_UNCONFIRMED_MESSAGES = 400

async function openAll(brokers: readonly Broker[], options: PublishOptions): Promise<Map<string, OpenBroker>> {
  const open = new Map<string, OpenBroker>()
  const { exchanges = ['nova', 'glance'] } = options
  try {
    for (const broker of brokers) {
      open.set(broker.name, await openBroker(broker, exchanges, options.waitForQueues, options.signal))
    }
    return open
  } catch (error) {
    await closeAll(open)
    throw error
  }
}

async function closeAll(open: Map<string, OpenBroker>): Promise<void> {
  // Closing a lost connection fails; that does not matter.
  for (const broker of open.values()) await broker.close().catch(() => {})
}

/**
 * Publishes persistent messages to the brokers of their deployments. Resolves when every message is confirmed, rejects
 * if a broker fails. At most a few hundred messages are unconfirmed at a time.
 */
export async function publishMessages(
  messages: Iterable<SimulatedMessage>,
  brokers: readonly Broker[],
  options: PublishOptions,
): Promise<Published> {
  const open = await openAll(brokers, options)
  const waitForConfirms = async (): Promise<void> => {
    for (const broker of open.values()) await broker.waitForConfirms()
  }
  let published = 0
  try {
    for await (const message of paced(messages, options, options.signal)) {
      const broker = open.get(message.deployment)
      if (broker === undefined) throw new Error(`no broker is configured for deployment ${message.deployment}`)
      broker.publish(message)
      published += 1
      if (published % MAX_UNCONFIRMED_MESSAGES === 0) await waitForConfirms()
    }
    await waitForConfirms()
    const unroutable = [...open.values()].reduce((sum, broker) => sum + broker.unroutable(), 0)
    return { published, unroutable }
  } finally {
    await closeAll(open)
  }
}
