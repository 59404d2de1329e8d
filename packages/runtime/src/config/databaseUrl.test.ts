import { expect, test } from '@jest/globals'
import { parseDatabaseUrl } from './databaseUrl.ts'

test.each([
  ['postgres://u:p@a:5433/db', { hosts: null, target: null, url: 'postgres://u:p@a:5433/db' }],
  ['postgresql://a/db?sslmode=disable', { hosts: null, url: 'postgresql://a/db?sslmode=disable' }],
  ['postgres://u@%2Frun%2Fpostgresql/db', { hosts: null, url: 'postgres://u@%2Frun%2Fpostgresql/db' }],
  ['postgres://a/db?target_session_attrs=read-write', { hosts: null, target: 'read-write', url: 'postgres://a/db' }],
  [
    'postgres://u:p%2C@a:5433,b/db?target_session_attrs=prefer-standby&sslmode=disable',
    {
      hosts: [
        { host: 'a', port: 5433 },
        { host: 'b', port: 5432 },
      ],
      target: 'prefer-standby',
      url: 'postgres://u:p%2C@a:5433/db?sslmode=disable',
    },
  ],
  [
    'postgres://u:p@/db?host=a,b&port=5433,5434',
    {
      hosts: [
        { host: 'a', port: 5433 },
        { host: 'b', port: 5434 },
      ],
      url: 'postgres://u:p@a:5433/db',
    },
  ],
  [
    'postgres://[::1]:5433,[::2]/db',
    {
      hosts: [
        { host: '::1', port: 5433 },
        { host: '::2', port: 5432 },
      ],
    },
  ],
])('%s', (text, expected) => {
  expect(parseDatabaseUrl(text)).toMatchObject(expected)
})

test.each([
  ['mysql://a/db', /^must be a URL beginning with postgres:/],
  ['', /^must be a URL beginning/],
  ['postgres://u:hunter@/2@a/db', /^has an @ after the host: percent-encode/],
  ['postgres://a,,b/db', /^has a host that is not host or host:port/],
  ['postgres://u:hunter@a:0,b/db', /^has a host that is not/],
  ['postgres://a:port/db', /^must be a URL/],
  ['postgres://a,b/db?target_session_attrs=master', /^has a target_session_attrs that is not one of any, read-write,/],
])('invalid: %s', (text, fault) => {
  const parsed = parseDatabaseUrl(text)
  expect('fault' in parsed ? parsed.fault : '').toMatch(fault)
  expect(JSON.stringify(parsed)).not.toContain('hunter')
})
