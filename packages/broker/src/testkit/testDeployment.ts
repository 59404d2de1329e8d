import type { DeploymentEntry } from '@stacktach/runtime'

/** A deployment `north` with its broker at `rabbit:5672`; no server is contacted. */
export const testDeployment: DeploymentEntry = {
  name: 'north',
  rabbit_host: 'rabbit',
  rabbit_port: 5672,
  rabbit_tls: false,
  rabbit_userid: 'stacktach',
  rabbit_password: 'secret',
  rabbit_virtual_host: '/north',
  durable_queue: true,
  queue_arguments: {},
  enabled: true,
  topics: {},
}
