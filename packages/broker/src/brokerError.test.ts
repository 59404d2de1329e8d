import { expect, test } from '@jest/globals'
import { describeBrokerError } from './brokerError.ts'
import { testDeployment } from './testkit/testDeployment.ts'

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
  const text = describeBrokerError(new Error(message), testDeployment)
  expect(text).toContain('the broker at rabbit:5672')
  expect(text).toContain(description)
  expect(text).not.toMatch(/secret|second line/)
})

test('an unknown host', () => {
  expect(describeBrokerError(new Error('getaddrinfo ENOTFOUND rabbit'), testDeployment)).toBe(
    'host rabbit is unknown: check rabbit_host (getaddrinfo ENOTFOUND rabbit)',
  )
})
