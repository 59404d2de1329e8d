import { expect, test } from '@jest/globals'
import { brokerOf } from './brokerConnection.ts'
import { testDeployment } from './testkit/testDeployment.ts'

const deployment = { ...testDeployment, rabbit_host: '10.0.0.1', rabbit_port: 5673 }

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
