import { expect, test } from '@jest/globals'
import { parseTransportUrl } from './transportUrl.ts'

const node = (host: string, port = 5672, username = 'guest', password = username) => ({
  host,
  port,
  username,
  password,
})

test.each([
  ['rabbit://a', { nodes: [node('a')], tls: false, vhost: '/' }],
  ['rabbit://a:5673/', { nodes: [node('a', 5673)], tls: false, vhost: '/' }],
  ['rabbit://a//', { vhost: '/' }],
  ['rabbit://a/%2Fnova', { vhost: '/nova' }],
  ['rabbit://u:p@a:5672,u:p@b:5672/nova', { nodes: [node('a', 5672, 'u', 'p'), node('b', 5672, 'u', 'p')] }],
  ['rabbit://u:1@a,v:2@b:5673//', { nodes: [node('a', 5672, 'u', '1'), node('b', 5673, 'v', '2')] }],
  ['rabbit://u%40x:p%2C%2F%3A%25@a/v', { nodes: [node('a', 5672, 'u@x', 'p,/:%')] }],
  ['rabbit://u:@a', { nodes: [node('a', 5672, 'u', '')] }],
  ['rabbit://u@a', { nodes: [node('a', 5672, 'u', 'guest')] }],
  ['rabbit://[fd00::1]:5673,[fd00::2]', { nodes: [node('fd00::1', 5673), node('fd00::2')] }],
  ['kombu+rabbit://a', { tls: false }],
  ['rabbits://a,b:5673', { tls: true, nodes: [node('a', 5671), node('b', 5673)] }],
  ['rabbit://a/?ssl=1', { tls: true, nodes: [node('a', 5671)] }],
  ['rabbit://a?ssl=True', { tls: true, vhost: '/' }],
  ['rabbit://a/?ssl=0', { tls: false, nodes: [node('a')] }],
  ['rabbit://a/?ssl_ca_file=/x&ssl=1&heartbeat_rate=2', { ignored: ['ssl_ca_file', 'heartbeat_rate'] }],
])('%s', (text, expected) => {
  expect(parseTransportUrl(text)).toMatchObject(expected)
})

test.each([
  ['', 'must be a URL beginning with rabbit:// or rabbits://'],
  ['amqp://a', 'must be a URL beginning with rabbit:// or rabbits://'],
  ['rabbit:a', 'must be a URL beginning with rabbit:// or rabbits://'],
  ['rabbit://', 'host 1 is not host or host:port'],
  ['rabbit://a,,b', 'host 2 is not host or host:port'],
  ['rabbit://a:0', 'host 1 is not host or host:port'],
  ['rabbit://u:p@a,b', 'must have a user and password for every host, or for none'],
  ['rabbit://u:hunter%2@a', 'host 1 has a user or password that is not percent-encoded'],
  ['rabbit://u:hunter@2@a', 'host 1 has a user or password that is not percent-encoded'],
  ['rabbit://a/%zz', 'has a vhost that is not percent-encoded'],
])('invalid: %s', (text, fault) => {
  const parsed = parseTransportUrl(text)
  expect('faults' in parsed ? parsed.faults : []).toContain(fault)
  expect(JSON.stringify(parsed)).not.toContain('hunter')
})
