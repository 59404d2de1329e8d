import type { DeploymentEntry } from '@stacktach/runtime'

/** A deployment `north` with its broker at `rabbit:5672`; no server is contacted. */
export const testDeployment: DeploymentEntry = {
  name: 'north',
  broker: {
    nodes: [{ host: 'rabbit', port: 5672, username: 'stacktach', password: 'secret' }],
    tls: false,
    vhost: '/north',
    fields: {
      address: 'rabbit_host and rabbit_port',
      login: 'rabbit_userid and rabbit_password',
      vhost: 'rabbit_virtual_host',
    },
  },
  durable_queue: true,
  queue_arguments: {},
  enabled: true,
  topics: {},
}
