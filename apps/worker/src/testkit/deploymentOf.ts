import type { DeploymentEntry } from '@stacktach/runtime'

/** The queue of `deploymentOf`. */
export const QUEUE = 'stacktach_nova'

/** A deployment with one queue of nova, on the broker of an amqp:// URL. */
export function deploymentOf(url: string, overrides: Partial<DeploymentEntry> = {}): DeploymentEntry {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    name: 'east',
    rabbit_host: hostname,
    rabbit_port: Number(port),
    rabbit_tls: false,
    rabbit_userid: username || 'guest',
    rabbit_password: password || 'guest',
    rabbit_virtual_host: decodeURIComponent(pathname.slice(1)),
    durable_queue: true,
    queue_arguments: {},
    enabled: true,
    topics: { nova: [{ queue: QUEUE, routing_key: 'notifications.*' }] },
    ...overrides,
  }
}
