import { type BrokerOptions, brokersOf, HostCycle, isTransientQueueRefusal } from '@stacktach/broker'
import type { DeploymentEntry, Logger } from '@stacktach/runtime'
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib'

const CONNECT_TIMEOUT_MS = 5_000

/** Each side gives up a silent connection after two to three intervals: within 24 seconds. */
const HEARTBEAT_SECONDS = 8

/** Delays of reconnecting. */
const RECONNECT_MIN_MS = 500
const RECONNECT_MAX_MS = 15_000

/** Random part of a delay. */
const JITTER = 0.2

/**
 * Connects to a deployment's broker, and reconnects when the connection is lost. Its hosts are tried in turn. Returns at
 * once, also when the broker is unavailable.
 *
 * @param setup called for every connection, with its host; its rejection closes the connection and is retried
 * @param onConnectError called for every failed attempt, with the host that was tried
 */
export async function connectWithRecovery(
  deployment: DeploymentEntry,
  setup: (connection: ChannelModel, host: BrokerOptions) => Promise<void>,
  onConnectError: (error: Error, host: BrokerOptions) => void,
  logger: Logger,
): Promise<RecoveringChannelModel> {
  const hosts = new HostCycle(brokersOf(deployment))
  let host = hosts.next()
  // amqplib reads the options at each attempt.
  const options = { ...host, heartbeat: HEARTBEAT_SECONDS }
  const broker = () => `${host.hostname}:${host.port}`
  const onError = (error: Error) => {
    // ingest reacts to the refusal, and logs that.
    const level = isTransientQueueRefusal(error) ? 'debug' : 'warn'
    logger[level]({ broker: broker(), reason: error.message }, 'connection lost')
  }
  const connection = await connect(options, {
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: `stacktach ingest ${deployment.name}` },
    recovery: {
      waitForConnect: false,
      calculateDelay: (attempt) => reconnectDelay(attempt, hosts.length),
      setup: async (model: ChannelModel) => {
        // amqplib adds its own listener only after setup, and an error event without a listener ends the process.
        model.on('error', onError)
        await setup(model, host)
      },
    },
  })
  connection.on('error', onError)
  connection.on('connect-failed', (error) => onConnectError(error, host))
  connection.on('disconnect', () => logger.warn({ broker: broker() }, 'disconnected'))
  connection.on('reconnect-scheduled', () => {
    host = hosts.next()
    Object.assign(options, host)
  })
  return connection
}

/** Exponential from one round over all hosts to the next, with jitter: in one round, another host may be available. */
export function reconnectDelay(attempt: number, hosts: number, random: () => number = Math.random): number {
  const round = Math.floor((attempt - 1) / hosts)
  return Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** round) * (1 - JITTER + JITTER * random())
}
