import { expect, test } from '@jest/globals'
import { parseBrokerHosts } from './brokerHosts.ts'

test.each([
  ['rabbit', [['rabbit', 5672]]],
  ['10.0.0.1', [['10.0.0.1', 5672]]],
  [
    'a,b,c',
    [
      ['a', 5672],
      ['b', 5672],
      ['c', 5672],
    ],
  ],
  [
    'a.example.org:5673, b',
    [
      ['a.example.org', 5673],
      ['b', 5672],
    ],
  ],
  [
    '[::1]:5673,[fe80::1]',
    [
      ['::1', 5673],
      ['fe80::1', 5672],
    ],
  ],
  ['::1', [['::1', 5672]]],
])('%s', (text, hosts) => {
  expect(parseBrokerHosts(text, 5672)?.map(({ host, port }) => [host, port])).toEqual(hosts)
})

test.each(['', ',', 'a,', 'a,,b', 'a:0', 'a:65536', 'a:port', 'a:', 'a b', 'amqp://a', '[::1', ':5672'])(
  'invalid: %j',
  (text) => {
    expect(parseBrokerHosts(text, 5672)).toBeNull()
  },
)
