import { expect, test } from '@jest/globals'
import type { DeploymentEntry } from '@stacktach/runtime'
import { describeBrokerError } from './brokerError.ts'

const deployment: DeploymentEntry = {
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

test.each([
  ['Handshake terminated by server: 403 (ACCESS-REFUSED)', 'rejected the login of stacktach: check rabbit_userid'],
  ['Expected ConnectionOpenOk; got <ConnectionClose>', 'has no vhost /north, or stacktach has no permission on it'],
  [
    "Operation failed: ExchangeDeclare; 403 - access to exchange 'nova' in vhost '/north' refused for user",
    'denied stacktach access to exchange nova',
  ],
  ["404 - NOT-FOUND - no exchange 'nova' in vhost '/north'", 'has no exchange nova, and stacktach may not declare it'],
  ['connect ECONNREFUSED 10.0.0.1:5672', 'does not answer: check rabbit_host and rabbit_port'],
  ['connect ETIMEDOUT', 'does not speak AMQP or is unreachable'],
  ['something else\nsecond line', ': something else'],
])('%s', (message, description) => {
  const text = describeBrokerError(new Error(message), deployment)
  expect(text).toContain('the broker at rabbit:5672')
  expect(text).toContain(description)
  expect(text).not.toMatch(/secret|second line/)
})

test('an unknown host', () => {
  expect(describeBrokerError(new Error('getaddrinfo ENOTFOUND rabbit'), deployment)).toBe(
    'host rabbit is unknown: check rabbit_host (getaddrinfo ENOTFOUND rabbit)',
  )
})
