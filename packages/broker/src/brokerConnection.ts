import type { DeploymentEntry } from '@stacktach/runtime'
import { type ChannelModel, connect } from 'amqplib'

/** Address and login of a deployment's broker, as amqplib's connect options. */
export function brokerOf(deployment: DeploymentEntry) {
  return {
    protocol: deployment.rabbit_tls ? 'amqps' : 'amqp',
    hostname: deployment.rabbit_host,
    port: deployment.rabbit_port,
    username: deployment.rabbit_userid,
    password: deployment.rabbit_password,
    vhost: deployment.rabbit_virtual_host,
  }
}

/**
 * Connects once to a deployment's broker, without reconnecting.
 *
 * @throws Error of amqplib: see describeBrokerError
 */
export async function connectToBroker(deployment: DeploymentEntry, timeoutMs: number): Promise<ChannelModel> {
  const connection = await connect(brokerOf(deployment), { timeout: timeoutMs })
  // An error event without a listener ends the process.
  connection.on('error', () => {})
  return connection
}
