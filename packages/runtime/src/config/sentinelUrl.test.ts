import { expect, test } from '@jest/globals'
import { parseSentinelUrl } from './sentinelUrl.ts'

test.each([
  [
    'redis+sentinel://a,b:26380/mymaster',
    {
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 26_380 },
      ],
      master: 'mymaster',
      database: 0,
      tls: false,
      password: undefined,
    },
  ],
  ['redis+sentinel://u:p%40@[::1]/m/3', { sentinels: [{ host: '::1' }], username: 'u', password: 'p@', database: 3 }],
  ['redis+sentinel://:secret@a/m', { username: undefined, password: 'secret' }],
  ['rediss+sentinel://a/m/', { tls: true, master: 'm' }],
  ['redis+sentinel://a/m?sentinel_password=s&sentinel_username=v', { sentinelPassword: 's', sentinelUsername: 'v' }],
])('%s', (text, expected) => {
  expect(parseSentinelUrl(text)).toMatchObject(expected)
})

test.each([
  'redis+sentinel://a',
  'redis+sentinel://a/',
  'redis+sentinel:///m',
  'redis+sentinel://a,,b/m',
  'redis+sentinel://a:0/m',
  'redis+sentinel://a/m/x',
  'redis+sentinel://u:%zz@a/m',
  'redis://a/m',
])('invalid: %s', (text) => {
  expect(parseSentinelUrl(text)).toBeNull()
})
