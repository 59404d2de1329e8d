import { type DeploymentEntry, messageOf } from '@stacktach/runtime'
import { type ChannelModel, connect, type Options } from 'amqplib'
import { BrokerError, describeBrokerError } from './brokerError.ts'
import { HostCycle } from './hostCycle.ts'

/** Address and login of one host of a deployment's broker, as amqplib's connect options. */
export interface BrokerOptions extends Options.Connect {
  hostname: string
  port: number
}

/** Connect options of every host of a deployment's broker. */
export function brokersOf({ broker }: Pick<DeploymentEntry, 'broker'>): BrokerOptions[] {
  return broker.nodes.map(({ host, port, username, password }) => ({
    protocol: broker.tls ? 'amqps' : 'amqp',
    hostname: host,
    port,
    username,
    password,
    vhost: broker.vhost,
  }))
}

/**
 * Connects once to a deployment's broker, without reconnecting.
 *
 * @throws BrokerError that names every host that was tried
 */
export function connectToBroker(deployment: DeploymentEntry, timeoutMs: number): Promise<ChannelModel> {
  return connectToAny(brokersOf(deployment), timeoutMs, (error, broker) =>
    describeBrokerError(error, deployment, broker),
  )
}

/**
 * Connects once, to the first host that accepts the connection. The hosts are tried in turn, beginning with a random one.
 *
 * @param hosts URLs or options of amqplib
 * @param timeoutMs for each host
 * @param describe an error, with the host that was tried
 * @throws BrokerError with the description of each host's error
 */
export async function connectToAny<Host extends string | Options.Connect>(
  hosts: readonly Host[],
  timeoutMs: number,
  describe: (error: Error, host: Host) => string,
): Promise<ChannelModel> {
  const cycle = new HostCycle(hosts)
  const failures = new Set<string>()
  for (let attempt = 0; attempt < cycle.length; attempt++) {
    const host = cycle.next()
    try {
      const connection = await connect(host, { timeout: timeoutMs })
      // An error event without a listener ends the process.
      connection.on('error', () => {})
      return connection
    } catch (error) {
      failures.add(describe(error instanceof Error ? error : new Error(messageOf(error)), host))
    }
  }
  throw new BrokerError([...failures].join('; '))
}
