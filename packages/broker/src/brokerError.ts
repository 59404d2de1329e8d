import type { DeploymentEntry } from '@stacktach/runtime'
import { isTransientQueueRefusal } from './transientQueues.ts'

/** An error whose message describes the broker's problem and what to check. */
export class BrokerError extends Error {
  override name = 'BrokerError'
}

/** The host of a broker that an attempt to connect concerns. */
interface TriedHost {
  hostname: string
  port: number
  username?: string | undefined
}

/**
 * Describes an error of amqplib in one sentence: what is wrong with a deployment's broker, and what to check.
 *
 * @param tried the host that was tried; by default the first
 */
export function describeBrokerError(error: Error, deployment: DeploymentEntry, tried?: TriedHost): string {
  if (error instanceof BrokerError) return error.message
  const { nodes, vhost, fields } = deployment.broker
  const host = tried?.hostname ?? nodes[0]?.host
  const port = tried?.port ?? nodes[0]?.port
  const user = tried?.username ?? nodes[0]?.username
  const broker = `the broker at ${host}:${port}`
  const [reason = ''] = error.message.split('\n')
  if (isTransientQueueRefusal(error) || /invalid property 'non-durable'/.test(reason)) {
    return `${broker} does not allow this queue to be transient: set "durable_queue": true in the deployments file, and delete the queue or use another name if it exists (${reason})`
  }
  if (/Handshake terminated by server: 403/.test(reason)) {
    return `${broker} rejected the login of ${user}: check ${fields.login}`
  }
  // RabbitMQ's reason tells the two apart, but amqplib drops it.
  if (/Expected ConnectionOpenOk/.test(reason)) {
    return `${broker} has no vhost ${vhost}, or ${user} has no permission on it: check ${fields.vhost}, and run \`rabbitmqctl list_permissions -p ${vhost}\``
  }
  const refused = /access to (exchange|queue) '([^']*)' in vhost .* refused/.exec(reason)
  if (refused) {
    return `${broker} denied ${user} access to ${refused[1]} ${refused[2]}: grant it with \`rabbitmqctl set_permissions -p ${vhost} ${user}\``
  }
  const missing = /no (exchange|queue) '([^']*)' in vhost/.exec(reason)
  if (missing) return `${broker} has no ${missing[1]} ${missing[2]}, and ${user} may not declare it`
  if (/ENOTFOUND|EAI_AGAIN/.test(reason))
    return `host ${host} is unknown: check ${fields.address.split(' ')[0]} (${reason})`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET/.test(reason)) {
    return `${broker} does not answer: check ${fields.address}, and that RabbitMQ is running (${reason})`
  }
  if (/ETIMEDOUT|opening handshake/.test(reason)) {
    return `${broker} does not speak AMQP or is unreachable: check ${fields.address} (${reason})`
  }
  return `${broker}: ${reason}`
}
