import type { DeploymentEntry } from './deployments.ts'

/** What is wrong with a deployment's broker, in one sentence that says what to do. Pure: made of what amqplib says. */
export function describeBrokerError(error: Error, deployment: DeploymentEntry): string {
  const { rabbit_host: host, rabbit_port: port, rabbit_userid: user, rabbit_virtual_host: vhost } = deployment
  const broker = `the broker at ${host}:${port}`
  const [reason = ''] = error.message.split('\n')
  if (/Handshake terminated by server: 403/.test(reason)) {
    return `${broker} does not let ${user} in: see rabbit_userid and rabbit_password`
  }
  // RabbitMQ says which of the two; amqplib drops it.
  if (/Expected ConnectionOpenOk/.test(reason)) {
    return `${broker} has no vhost ${vhost}, or ${user} no permission on it: see rabbit_virtual_host, and rabbitmqctl list_permissions -p ${vhost}`
  }
  const refused = /access to (exchange|queue) '([^']*)' in vhost .* refused/.exec(reason)
  if (refused) {
    return `${broker} does not let ${user} use ${refused[1]} ${refused[2]}: rabbitmqctl set_permissions -p ${vhost} ${user} gives the permission`
  }
  const missing = /no (exchange|queue) '([^']*)' in vhost/.exec(reason)
  if (missing) return `${broker} has no ${missing[1]} ${missing[2]}, and ${user} may not declare it`
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `no machine is known as ${host}: see rabbit_host (${reason})`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET/.test(reason)) {
    return `${broker} does not answer: see rabbit_host and rabbit_port, and that RabbitMQ runs (${reason})`
  }
  if (/ETIMEDOUT|opening handshake/.test(reason)) {
    return `${broker} does not speak AMQP, or is out of reach: see rabbit_host and rabbit_port (${reason})`
  }
  return `${broker}: ${reason}`
}
