import { writeFileSync } from 'node:fs'
import { ServicesError } from '../services/index.mjs'

/** Deployments of the simulated cloud, each on a virtual host of its own: nobody's real exchange gets its messages. */
const deployments = ['east', 'west']

const topics = {
  nova: ['notifications.*', 'versioned_notifications.*'].map((routing_key) => ({
    queue: 'stacktach_nova',
    routing_key,
  })),
  glance: [{ queue: 'stacktach_glance', routing_key: 'notifications.*' }],
}

/**
 * Makes the virtual hosts of a simulated cloud and writes the deployments file that names them.
 * @param {{ AMQP_URL: string, AMQP_MANAGEMENT_URL: string }} env
 * @param {string} owner what their names begin with, so that two clouds on the same servers do not disturb each other
 * @param {string} file where the deployments file goes
 */
export async function makeBrokers(env, owner, file) {
  const vhost = (name) => `${owner}-${name}`
  const broker = new URL(env.AMQP_URL)
  const user = decodeURIComponent(broker.username) || 'guest'
  for (const name of deployments) {
    await manage(env, 'PUT', `/api/vhosts/${vhost(name)}`, {})
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await manage(env, 'PUT', `/api/permissions/${vhost(name)}/${encodeURIComponent(user)}`, everything)
  }
  const entries = deployments.map((name) => ({
    name,
    rabbit_host: broker.hostname,
    rabbit_port: Number(broker.port || 5672),
    rabbit_userid: user,
    rabbit_password: decodeURIComponent(broker.password) || 'guest',
    rabbit_virtual_host: vhost(name),
    durable_queue: true,
    topics,
  }))
  writeFileSync(file, `${JSON.stringify({ deployments: entries }, null, 2)}\n`, { mode: 0o600 })
}

/** Removes the virtual hosts with all that is in them. */
export async function dropBrokers(env, owner) {
  for (const name of deployments) await manage(env, 'DELETE', `/api/vhosts/${owner}-${name}`).catch(() => {})
}

/** RabbitMQ's management plugin; fetch wants the password of its URL in a header. */
async function manage(env, method, path, body) {
  const url = new URL(env.AMQP_MANAGEMENT_URL)
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)
  url.username = ''
  url.password = ''
  let response
  try {
    response = await fetch(`${url.href.replace(/\/$/, '')}${path}`, {
      method,
      headers: { authorization: `Basic ${credentials.toString('base64')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new ServicesError(`RabbitMQ's management plugin is needed: set AMQP_MANAGEMENT_URL to where it answers`)
  }
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
    throw new ServicesError(`RabbitMQ's management plugin refused ${method} ${path}: ${response.status}`)
  }
}
