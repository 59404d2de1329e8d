import { brokerOf } from '@stacktach/broker'
import type { DeploymentEntry, Logger } from '@stacktach/runtime'
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib'

const CONNECT_TIMEOUT_MS = 10_000
const HEARTBEAT_SECONDS = 20

/** Delays of reconnecting. */
const RECONNECT_MIN_MS = 500
const RECONNECT_MAX_MS = 15_000

/**
 * Connects to a deployment's broker, and reconnects when the connection is lost. Returns at once, also when the broker is
 * unavailable.
 *
 * @param setup called for every connection; its rejection closes the connection and is retried
 * @param onConnectError called for every failed attempt
 */
export async function connectWithRecovery(
  deployment: DeploymentEntry,
  setup: (connection: ChannelModel) => Promise<void>,
  onConnectError: (error: Error) => void,
  logger: Logger,
): Promise<RecoveringChannelModel> {
  const broker = `${deployment.rabbit_host}:${deployment.rabbit_port}`
  const onError = (error: Error) => logger.warn({ broker, reason: error.message }, 'connection lost')
  const connection = await connect(
    { ...brokerOf(deployment), heartbeat: HEARTBEAT_SECONDS },
    {
      timeout: CONNECT_TIMEOUT_MS,
      clientProperties: { connection_name: `stacktach ingest ${deployment.name}` },
      recovery: {
        waitForConnect: false,
        initialDelay: RECONNECT_MIN_MS,
        maxDelay: RECONNECT_MAX_MS,
        setup: async (model: ChannelModel) => {
          // amqplib adds its own listener only after setup, and an error event without a listener ends the process.
          model.on('error', onError)
          await setup(model)
        },
      },
    },
  )
  connection.on('error', onError)
  connection.on('connect-failed', onConnectError)
  connection.on('disconnect', () => logger.warn({ broker }, 'disconnected'))
  return connection
}
