import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { Broker } from './deployments.ts'
import type { SimulatedMessage } from './message.ts'

/** A connection to one deployment's broker. */
export type OpenBroker = {
  publish(message: SimulatedMessage): void
  /** Resolves when the broker has confirmed every published message. */
  waitForConfirms(): Promise<void>
  /** How many messages were lost because no queue was bound for them. */
  unroutable(): number
  close(): Promise<void>
}

const QUEUE_CHECK_INTERVAL_MS = 250

/** Runs `check` on its own channel, because a failed check closes the channel; returns false if it failed. */
async function succeeds(connection: ChannelModel, check: (channel: ConfirmChannel) => Promise<unknown>) {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {}) // the check rejects, too
  try {
    await check(channel)
    await channel.close()
    return true
  } catch {
    return false
  }
}

/** Declares the exchange, or uses the existing one if it was declared differently. */
async function ensureExchange(connection: ChannelModel, name: string, durable: boolean): Promise<void> {
  const declared = await succeeds(connection, (c) => c.assertExchange(name, 'topic', { durable, autoDelete: false }))
  if (declared || (await succeeds(connection, (c) => c.checkExchange(name)))) return
  throw new Error(`cannot declare or use exchange ${name}: check the permissions`)
}

/** Waits up to `seconds` until every configured queue exists. */
async function waitForQueues(connection: ChannelModel, broker: Broker, seconds: number, signal: AbortSignal) {
  const deadline = Date.now() + 1000 * seconds
  for (const queue of broker.queues) {
    while (!(await succeeds(connection, (c) => c.checkQueue(queue)))) {
      if (Date.now() >= deadline) throw new Error(`deployment ${broker.name}: queue ${queue} does not exist`)
      await sleep(QUEUE_CHECK_INTERVAL_MS, undefined, { signal })
    }
  }
  // A queue is declared before it is bound.
  if (broker.queues.length > 0) await sleep(QUEUE_CHECK_INTERVAL_MS, undefined, { signal })
}

async function connectTo({ name, hostname, port, tls, username, password, vhost }: Broker): Promise<ChannelModel> {
  try {
    return await connect({ protocol: tls ? 'amqps' : 'amqp', hostname, port, username, password, vhost, heartbeat: 30 })
  } catch (error) {
    const address = `${hostname}:${port}, vhost ${vhost}`
    throw new Error(`deployment ${name}: cannot connect to ${address}: ${String(error)}`, { cause: error })
  }
}

/** Connects, declares the exchanges, and waits up to `queueSeconds` for the configured queues; 0 does not wait. */
export async function openBroker(
  broker: Broker,
  exchanges: readonly string[],
  queueSeconds: number,
  signal: AbortSignal,
): Promise<OpenBroker> {
  const connection = await connectTo(broker)
  connection.on('error', () => {}) // pending confirms fail, too
  try {
    if (queueSeconds > 0) await waitForQueues(connection, broker, queueSeconds, signal)
    for (const exchange of exchanges) await ensureExchange(connection, exchange, broker.durable)
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => {})
    let unroutable = 0
    channel.on('return', () => (unroutable += 1))
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
      waitForConfirms: () => channel.waitForConfirms(),
      unroutable: () => unroutable,
      close: () => connection.close(),
    }
  } catch (error) {
    await connection.close().catch(() => {})
    throw error
  }
}
