import { expect, test } from '@jest/globals'
import { brokersOf, connectToBroker } from './brokerConnection.ts'
import { describeBrokerError } from './brokerError.ts'
import { testDeployment } from './testkit/testDeployment.ts'

const login = { username: 'stacktach', password: 'secret' }
const withNodes = (...nodes: { host: string; port: number }[]) => ({
  ...testDeployment,
  broker: { ...testDeployment.broker, nodes: nodes.map((node) => ({ ...login, ...node })) },
})
const deployment = withNodes({ host: '10.0.0.1', port: 5673 })

test('a deployment names its broker', () => {
  expect(brokersOf(deployment)).toEqual([
    {
      protocol: 'amqp',
      hostname: '10.0.0.1',
      port: 5673,
      username: 'stacktach',
      password: 'secret',
      vhost: '/north',
    },
  ])
})

test('TLS selects amqps', () => {
  expect(brokersOf({ broker: { ...deployment.broker, tls: true } })).toMatchObject([{ protocol: 'amqps', port: 5673 }])
})

test('each host of a list', () => {
  expect(brokersOf(withNodes({ host: '10.0.0.1', port: 5673 }, { host: '10.0.0.2', port: 5674 }))).toMatchObject([
    { hostname: '10.0.0.1', port: 5673, username: 'stacktach', vhost: '/north' },
    { hostname: '10.0.0.2', port: 5674, username: 'stacktach', vhost: '/north' },
  ])
})

test('when no host accepts the connection, the error names each of them', async () => {
  const unavailable = withNodes({ host: '127.0.0.1', port: 1 }, { host: '127.0.0.1', port: 2 })
  const error: unknown = await connectToBroker(unavailable, 1_000).catch((error: unknown) => error)
  if (!(error instanceof Error)) throw new Error('connected')
  const text = describeBrokerError(error, unavailable)
  expect(text).toContain('the broker at 127.0.0.1:1 does not answer')
  expect(text).toContain('the broker at 127.0.0.1:2 does not answer')
})
