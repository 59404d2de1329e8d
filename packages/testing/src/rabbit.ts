import { randomBytes } from 'node:crypto'
import { type ChannelModel, connect } from 'amqplib'
import { services } from './services.ts'

/** A virtual host of one test. */
export interface TestVhost {
  name: string
  /** amqp:// URL. */
  url: string
  connect(): Promise<ChannelModel>
  drop(): Promise<void>
}

/** Creates a virtual host in which the test's user has all permissions. */
export async function createTestVhost(): Promise<TestVhost> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const { amqpUrl } = services()
  const { username } = new URL(amqpUrl)
  await manage('PUT', `/api/vhosts/${name}`, {})
  await manage('PUT', `/api/permissions/${name}/${username || 'guest'}`, { configure: '.*', write: '.*', read: '.*' })
  const url = new URL(amqpUrl)
  url.pathname = `/${name}`
  return {
    name,
    url: url.href,
    connect: () => connect(url.href),
    drop: async () => {
      await manage('DELETE', `/api/vhosts/${name}`)
    },
  }
}

/** Permissions of a user in a virtual host, as patterns of names; null: no permissions. */
export type Permissions = { configure: string; write: string; read: string } | null

/** Creates a user with these permissions in a virtual host; `drop` it at the end. */
export async function createTestUser(vhost: TestVhost, permissions: Permissions) {
  const name = `test_${randomBytes(8).toString('hex')}`
  await manage('PUT', `/api/users/${name}`, { password: name, tags: '' })
  if (permissions !== null) await manage('PUT', `/api/permissions/${vhost.name}/${name}`, permissions)
  return { name, password: name, drop: () => manage('DELETE', `/api/users/${name}`) }
}

/**
 * Publishes persistent messages in order, and waits until the broker has confirmed them.
 *
 * @returns how many
 */
export async function publish(
  vhost: TestVhost,
  messages: Iterable<{ exchange: string; routing_key: string; body: Buffer }>,
): Promise<number> {
  const connection = await vhost.connect()
  const channel = await connection.createConfirmChannel()
  let published = 0
  for (const { exchange, routing_key, body } of messages) {
    channel.publish(exchange, routing_key, body, { persistent: true, contentType: 'application/json' })
    if (++published % 500 === 0) await channel.waitForConfirms()
  }
  await channel.waitForConfirms()
  await connection.close()
  return published
}

/** Exchange types of the broker, those of its plugins included. */
export async function exchangeTypes(): Promise<string[]> {
  const response = await manage('GET', '/api/overview')
  const overview: unknown = await response.json()
  const types: unknown = typeof overview === 'object' && overview !== null && Reflect.get(overview, 'exchange_types')
  return Array.isArray(types) ? types.map((type) => String(Reflect.get(Object(type), 'name'))) : []
}

function manage(method: string, path: string, body?: unknown): Promise<Response> {
  return manageBroker(services().managementUrl, method, path, body)
}

/**
 * Sends a request to a broker's management plugin. User and password are taken from the URL into a header, as fetch requires.
 *
 * @throws Error when the request fails, or is not answered within ten seconds
 */
export async function manageBroker(
  managementUrl: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const url = new URL(managementUrl)
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)
  url.username = ''
  url.password = ''
  const response = await fetch(`${url.href.replace(/\/$/, '')}${path}`, {
    method,
    headers: { authorization: `Basic ${credentials.toString('base64')}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`RabbitMQ's management plugin: ${method} ${path}: ${response.status}`)
  return response
}
