import type { DeploymentEntry } from '@stacktach/runtime'

/** The queue of `deploymentOf`. */
export const QUEUE = 'stacktach_nova'

/** A deployment with one queue of nova, on the broker of an amqp:// URL. */
export function deploymentOf(url: string, overrides: Partial<DeploymentEntry> = {}): DeploymentEntry {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    name: 'east',
    broker: {
      nodes: [{ host: hostname, port: Number(port), username: username || 'guest', password: password || 'guest' }],
      tls: false,
      vhost: decodeURIComponent(pathname.slice(1)),
      fields: { address: 'rabbit_host', login: 'rabbit_userid', vhost: 'rabbit_virtual_host' },
    },
    durable_queue: true,
    queue_arguments: {},
    enabled: true,
    topics: { nova: [{ queue: QUEUE, routing_key: 'notifications.*' }] },
    ...overrides,
  }
}
