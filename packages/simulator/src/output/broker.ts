import { setTimeout } from 'node:timers/promises'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { Broker } from './deployments.ts'
import type { SimulatedMessage } from './message.ts'

/** An open broker of one deployment. */
export type OpenBroker = {
  publish(message: SimulatedMessage): void
  /** Resolves once the broker has taken over all that was published. */
  confirmed(): Promise<void>
  /** How many messages no queue was bound for: they are lost. */
  unroutable(): number
  close(): Promise<void>
}

const exchanges = ['nova', 'glance'] as const

/** Runs `check` on a channel of its own, since a check that fails closes its channel; false when it failed. */
async function succeeds(connection: ChannelModel, check: (channel: ConfirmChannel) => Promise<unknown>) {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {}) // told by the rejection
  try {
    await check(channel)
    await channel.close()
    return true
  } catch {
    return false
  }
}

/** Declares the exchange, or takes it as it is when somebody declared it otherwise. */
async function ensureExchange(connection: ChannelModel, name: string, durable: boolean): Promise<void> {
  const declared = await succeeds(connection, (c) => c.assertExchange(name, 'topic', { durable, autoDelete: false }))
  if (declared || (await succeeds(connection, (c) => c.checkExchange(name)))) return
  throw new Error(`exchange ${name} can be neither declared nor used`)
}

/** Waits until every queue is there, at most `seconds`. */
async function waitForQueues(connection: ChannelModel, broker: Broker, seconds: number, signal: AbortSignal) {
  const deadline = Date.now() + 1000 * seconds
  for (const queue of broker.queues) {
    while (!(await succeeds(connection, (c) => c.checkQueue(queue)))) {
      if (Date.now() >= deadline) throw new Error(`deployment ${broker.name} has no queue ${queue}`)
      await setTimeout(250, undefined, { signal })
    }
  }
  // A queue is declared first and bound next.
  if (broker.queues.length > 0) await setTimeout(250, undefined, { signal })
}

async function connectTo({ name, hostname, port, tls, username, password, vhost }: Broker): Promise<ChannelModel> {
  try {
    return await connect({ protocol: tls ? 'amqps' : 'amqp', hostname, port, username, password, vhost, heartbeat: 30 })
  } catch (error) {
    const where = `${hostname}:${port}, vhost ${vhost}`
    throw new Error(`deployment ${name} (${where}) cannot be reached: ${String(error)}`, { cause: error })
  }
}

/** Connects, declares the exchanges, and waits up to `queueSeconds` for the configured queues (0: does not). */
export async function openBroker(broker: Broker, queueSeconds: number, signal: AbortSignal): Promise<OpenBroker> {
  const connection = await connectTo(broker)
  connection.on('error', () => {}) // the confirms that were waited for fail, too
  try {
    if (queueSeconds > 0) await waitForQueues(connection, broker, queueSeconds, signal)
    for (const exchange of exchanges) await ensureExchange(connection, exchange, broker.durable)
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => {})
    let lost = 0
    channel.on('return', () => (lost += 1))
    const properties = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      persistent: true,
      priority: 0,
      mandatory: true,
    }
    return {
      publish: ({ exchange, routingKey, body }) => {
        channel.publish(exchange, routingKey, Buffer.from(JSON.stringify(body)), properties)
      },
      confirmed: () => channel.waitForConfirms(),
      unroutable: () => lost,
      close: () => connection.close(),
    }
  } catch (error) {
    await connection.close().catch(() => {})
    throw error
  }
}
