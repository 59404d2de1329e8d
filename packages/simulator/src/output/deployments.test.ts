import { expect, test } from '@jest/globals'
import { parseDeployments } from './deployments.ts'

test.each([
  ['rabbit', { hostname: 'rabbit', port: 5673 }],
  ['a,b:5674', { hostname: 'a', port: 5673 }],
  [['a:5674', 'b'], { hostname: 'a', port: 5674 }],
])('the first host of %j', (rabbit_host, address) => {
  const file = { deployments: [{ name: 'east', rabbit_host, rabbit_port: 5673, topics: {} }] }
  expect(parseDeployments(JSON.stringify(file))).toMatchObject([address])
})

test('an empty list of hosts', () => {
  const file = { deployments: [{ name: 'east', rabbit_host: [], topics: {} }] }
  expect(() => parseDeployments(JSON.stringify(file))).toThrow('rabbit_host must be hosts')
})

test.each([
  [
    'rabbit://u:p%40@a:5673,u:p%40@b/nova',
    { hostname: 'a', port: 5673, tls: false, username: 'u', password: 'p@', vhost: 'nova' },
  ],
  ['rabbits://a', { hostname: 'a', port: 5671, tls: true, username: 'guest', password: 'guest', vhost: '/' }],
  ['rabbit://a/?ssl=1', { hostname: 'a', port: 5671, tls: true, vhost: '/' }],
])('the first host of %s', (transport_url, broker) => {
  const file = { deployments: [{ name: 'east', transport_url, topics: {} }] }
  expect(parseDeployments(JSON.stringify(file))[0]).toMatchObject(broker)
})
