import { expect, test } from '@jest/globals'
import type { DeploymentEntry } from '@stacktach/runtime'
import { brokerOf } from './brokerConnection.ts'

const deployment: DeploymentEntry = {
  name: 'north',
  rabbit_host: '10.0.0.1',
  rabbit_port: 5673,
  rabbit_tls: false,
  rabbit_userid: 'stacktach',
  rabbit_password: 'secret',
  rabbit_virtual_host: '/north',
  durable_queue: true,
  queue_arguments: {},
  enabled: true,
  topics: {},
}

test('a deployment names its broker', () => {
  expect(brokerOf(deployment)).toEqual({
    protocol: 'amqp',
    hostname: '10.0.0.1',
    port: 5673,
    username: 'stacktach',
    password: 'secret',
    vhost: '/north',
  })
})

test('rabbit_tls selects amqps', () => {
  expect(brokerOf({ ...deployment, rabbit_tls: true })).toMatchObject({ protocol: 'amqps', port: 5673 })
})
