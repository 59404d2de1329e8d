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
  [
    'Connection closed: 541 (INTERNAL-ERROR) with message "INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\nsecond line',
    'does not allow this queue to be transient: set "durable_queue": true in the deployments file',
  ],
  [
    "406 (PRECONDITION-FAILED) with message \"PRECONDITION_FAILED - invalid property 'non-durable' for queue 'q'\"",
    'does not allow this queue to be transient: set "durable_queue": true in the deployments file',
  ],
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

test('the host that was tried, of several, with its own user', () => {
  const refused = new Error('connect ECONNREFUSED 10.0.0.2:5673')
  const tried = { hostname: 'b', port: 5673, username: 'other' }
  expect(describeBrokerError(refused, testDeployment, tried)).toContain('the broker at b:5673 does not')
  const login = new Error('Handshake terminated by server: 403 (ACCESS-REFUSED)')
  expect(describeBrokerError(login, testDeployment, tried)).toContain(
    'b:5673 rejected the login of other: check rabbit_',
  )
})

test('the field with the address', () => {
  const fields = { address: 'transport_url', login: 'transport_url', vhost: 'transport_url' }
  const deployment = { ...testDeployment, broker: { ...testDeployment.broker, fields } }
  for (const reason of ['connect ECONNREFUSED', 'Handshake terminated by server: 403 (ACCESS-REFUSED)', 'ENOTFOUND']) {
    expect(describeBrokerError(new Error(reason), deployment)).toContain('check transport_url')
  }
})
