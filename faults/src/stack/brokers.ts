import { deploymentEntry, manageBroker } from '@stacktach/testing'
import { deployments } from '../stream.ts'
import type { Servers } from './servers.ts'

/** The simulated cloud's topics, bound to StackTach's queues. */
const topics = {
  nova: ['notifications.*', 'versioned_notifications.*', 'monitor.*'].map((key) => ({
    queue: 'stacktach_nova',
    routing_key: key,
  })),
  glance: ['notifications.*', 'monitor.*'].map((key) => ({ queue: 'stacktach_glance', routing_key: key })),
}

/** The virtual hosts of a stack, one for each deployment. */
export interface Brokers {
  vhost(deployment: string): string
  /** The content of a deployments file whose broker is at `url`. */
  deploymentsFile(url: string): string
  /** Counts the messages in all queues; `messages` includes the unacknowledged ones. */
  depth(): Promise<Depth>
}

export interface Depth {
  messages: number
  unacknowledged: number
}

/** Creates the virtual hosts. */
export async function createBrokers(servers: Servers, name: string): Promise<Brokers> {
  const vhost = (deployment: string) => `${name}_${deployment}`
  const { username } = new URL(servers.amqpUrl)
  for (const deployment of deployments) {
    await callManagementApi(servers, 'DELETE', `/api/vhosts/${vhost(deployment)}`).catch(() => {})
    await callManagementApi(servers, 'PUT', `/api/vhosts/${vhost(deployment)}`, {})
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await callManagementApi(servers, 'PUT', `/api/permissions/${vhost(deployment)}/${username}`, everything)
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
        const queues = await callManagementApi(servers, 'GET', `/api/queues/${vhost(deployment)}`)
        if (!Array.isArray(queues)) throw new Error('RabbitMQ returned no list of queues')
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

async function callManagementApi(servers: Servers, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await manageBroker(servers.managementUrl, method, path, body)
  return method === 'GET' ? response.json() : undefined
}
