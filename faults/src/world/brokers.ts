import { deploymentEntry, manageBroker } from '@stacktach/testing'
import { deployments } from '../stream.ts'
import type { Servers } from './servers.ts'

/** Topics of the simulated cloud, each bound to queues of our own. */
const topics = {
  nova: ['notifications.*', 'versioned_notifications.*', 'monitor.*'].map((key) => ({
    queue: 'stacktach_nova',
    routing_key: key,
  })),
  glance: ['notifications.*', 'monitor.*'].map((key) => ({ queue: 'stacktach_glance', routing_key: key })),
}

/** The virtual hosts of a world, one for each deployment. */
export interface Brokers {
  vhost(deployment: string): string
  /** What a deployments file says, with the broker reached by `url`. */
  deploymentsFile(url: string): string
  /** Messages in all queues, those included that are delivered and not acknowledged. */
  depth(): Promise<Depth>
}

export interface Depth {
  messages: number
  unacknowledged: number
}

/** Makes the virtual hosts. */
export async function createBrokers(servers: Servers, name: string): Promise<Brokers> {
  const vhost = (deployment: string) => `${name}_${deployment}`
  const { username } = new URL(servers.amqpUrl)
  for (const deployment of deployments) {
    await manage(servers, 'DELETE', `/api/vhosts/${vhost(deployment)}`).catch(() => {})
    await manage(servers, 'PUT', `/api/vhosts/${vhost(deployment)}`, {})
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await manage(servers, 'PUT', `/api/permissions/${vhost(deployment)}/${username}`, everything)
  }
  return {
    vhost,
    deploymentsFile(url) {
      const entries = deployments.map((deployment) => {
        const broker = new URL(url)
        broker.pathname = `/${vhost(deployment)}`
        return deploymentEntry(deployment, broker, topics)
      })
      return JSON.stringify({ deployments: entries })
    },
    async depth() {
      let depth = { messages: 0, unacknowledged: 0 }
      for (const deployment of deployments) {
        const queues = await manage(servers, 'GET', `/api/queues/${vhost(deployment)}`)
        if (!Array.isArray(queues)) throw new Error('RabbitMQ lists no queues')
        for (const queue of queues) {
          depth = {
            messages: depth.messages + (queue.messages ?? 0),
            unacknowledged: depth.unacknowledged + (queue.messages_unacknowledged ?? 0),
          }
        }
      }
      return depth
    },
  }
}

async function manage(servers: Servers, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await manageBroker(servers.managementUrl, method, path, body)
  return method === 'GET' ? response.json() : undefined
}
