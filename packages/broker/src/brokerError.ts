import type { DeploymentEntry } from '@stacktach/runtime'

/** Describes an error of amqplib in one sentence: what is wrong with a deployment's broker, and what to check. */
export function describeBrokerError(error: Error, deployment: DeploymentEntry): string {
  const { rabbit_host: host, rabbit_port: port, rabbit_userid: user, rabbit_virtual_host: vhost } = deployment
  const broker = `the broker at ${host}:${port}`
  const [reason = ''] = error.message.split('\n')
  if (/Handshake terminated by server: 403/.test(reason)) {
    return `${broker} rejected the login of ${user}: check rabbit_userid and rabbit_password`
  }
  // RabbitMQ's reason tells the two apart, but amqplib drops it.
  if (/Expected ConnectionOpenOk/.test(reason)) {
    return `${broker} has no vhost ${vhost}, or ${user} has no permission on it: check rabbit_virtual_host, and run \`rabbitmqctl list_permissions -p ${vhost}\``
  }
  const refused = /access to (exchange|queue) '([^']*)' in vhost .* refused/.exec(reason)
  if (refused) {
    return `${broker} denied ${user} access to ${refused[1]} ${refused[2]}: grant it with \`rabbitmqctl set_permissions -p ${vhost} ${user}\``
  }
  const missing = /no (exchange|queue) '([^']*)' in vhost/.exec(reason)
  if (missing) return `${broker} has no ${missing[1]} ${missing[2]}, and ${user} may not declare it`
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `host ${host} is unknown: check rabbit_host (${reason})`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET/.test(reason)) {
    return `${broker} does not answer: check rabbit_host and rabbit_port, and that RabbitMQ is running (${reason})`
  }
  if (/ETIMEDOUT|opening handshake/.test(reason)) {
    return `${broker} does not speak AMQP or is unreachable: check rabbit_host and rabbit_port (${reason})`
  }
  return `${broker}: ${reason}`
}
