import { writeFileSync } from 'node:fs'
import { ServicesError } from '../services/index.mjs'

/** @typedef {import('../services/index.mjs').ServicesEnv} ServicesEnv */

/** Deployments of the simulated cloud, each on a virtual host of its own: no existing exchange receives its messages. */
const deployments = ['east', 'west']

const topics = {
  nova: ['notifications.*', 'versioned_notifications.*'].map((routing_key) => ({
    queue: 'stacktach_nova',
    routing_key,
  })),
  glance: [{ queue: 'stacktach_glance', routing_key: 'notifications.*' }],
}

/**
 * Creates the virtual hosts of a simulated cloud and writes the deployments file for them.
 * @param {ServicesEnv} env
 * @param {string} owner prefix of their names, so that two clouds on the same servers stay apart
 * @param {string} file path of the deployments file
 */
export async function createBrokers(env, owner, file) {
  const broker = new URL(env.AMQP_URL)
  const user = decodeURIComponent(broker.username) || 'guest'
  for (const name of deployments) {
    const vhost = `${owner}-${name}`
    await manage(env, 'PUT', `/api/vhosts/${vhost}`, {})
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await manage(env, 'PUT', `/api/permissions/${vhost}/${encodeURIComponent(user)}`, everything)
  }
  const entries = deployments.map((name) => ({
    name,
    rabbit_host: broker.hostname,
    rabbit_port: Number(broker.port || 5672),
    rabbit_userid: user,
    rabbit_password: decodeURIComponent(broker.password) || 'guest',
    rabbit_virtual_host: `${owner}-${name}`,
    durable_queue: true,
    topics,
  }))
  writeFileSync(file, `${JSON.stringify({ deployments: entries }, null, 2)}\n`, { mode: 0o600 })
}

/**
 * Deletes the virtual hosts with everything in them.
 * @param {ServicesEnv} env
 * @param {string} owner
 */
export async function dropBrokers(env, owner) {
  for (const name of deployments) await manage(env, 'DELETE', `/api/vhosts/${owner}-${name}`).catch(() => {})
}

/**
 * Calls RabbitMQ's management plugin. fetch rejects URLs with a password, so it goes into a header.
 * @param {ServicesEnv} env
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
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
    throw new ServicesError("RabbitMQ's management plugin does not answer: enable it and set AMQP_MANAGEMENT_URL")
  }
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
    throw new ServicesError(`RabbitMQ's management plugin rejected ${method} ${path}: ${response.status}`)
  }
}
