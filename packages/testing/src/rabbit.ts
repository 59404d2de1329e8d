import { randomBytes } from 'node:crypto'
import { type ChannelModel, connect } from 'amqplib'
import { services } from './services.ts'

/** A virtual host of a test's own: nobody else's queues, exchanges and messages. */
export interface TestVhost {
  name: string
  /** amqp:// URL of it. */
  url: string
  connect(): Promise<ChannelModel>
  drop(): Promise<void>
}

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

/** What a user may do in a virtual host, as patterns of names; null: it has no permission there at all. */
export type Permissions = { configure: string; write: string; read: string } | null

/** Makes a user of a test's own, who may do in a virtual host what is given; `drop` it at the end. */
export async function createTestUser(vhost: TestVhost, permissions: Permissions) {
  const name = `test_${randomBytes(8).toString('hex')}`
  await manage('PUT', `/api/users/${name}`, { password: name, tags: '' })
  if (permissions !== null) await manage('PUT', `/api/permissions/${vhost.name}/${name}`, permissions)
  return { name, password: name, drop: () => manage('DELETE', `/api/users/${name}`) }
}

/** Publishes messages, persistent and confirmed, in order. */
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

/** Types of exchanges that the broker knows: those of its plugins, too. */
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
 * Asks a broker's management plugin, whose URL carries the password, which fetch wants in a header.
 *
 * @throws Error when it refuses, or does not answer within ten seconds
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
