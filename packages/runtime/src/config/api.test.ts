import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { newToken } from '../tokens.ts'
import { apiConfig, readApiTokens } from './api.ts'
import { ConfigError } from './readConfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokens-'))
const path = join(folder, 'tokens')

afterAll(() => rmSync(folder, { recursive: true }))

const read = (environment: Record<string, string>) =>
  apiConfig({ DATABASE_URL: 'postgres://db/stacktach', ...environment })

const { line, token } = newToken([])

test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', 'localhost'])(
  'without tokens API_HOST can be %s',
  (API_HOST) => {
    expect(read({ API_HOST })).toMatchObject({ loopback: true, API_RATE_LIMIT: 0 })
  },
)

test.each(['0.0.0.0', '::', '10.0.0.5', '128.0.0.1', '::ffff:10.0.0.5', 'localhost.example.org', 'api', '127.1'])(
  'API_HOST %s requires tokens or API_OPEN',
  (API_HOST) => {
    expect(() => read({ API_HOST })).toThrow(ConfigError)
    expect(() => read({ API_HOST, API_OPEN: '0' })).toThrow(/API_TOKENS_FILE or API_TOKENS, or API_OPEN=1/)
    for (const variables of [{ API_OPEN: '1' }, { API_TOKENS: line }, { API_TOKENS_FILE: path }]) {
      expect(read({ API_HOST, ...variables })).toMatchObject({ loopback: false, API_RATE_LIMIT: 600 })
    }
  },
)

test('API_RATE_LIMIT overrides the default on any host', () => {
  expect(read({ API_RATE_LIMIT: '5' }).API_RATE_LIMIT).toBe(5)
  expect(read({ API_HOST: '::', API_OPEN: '1', API_RATE_LIMIT: '0' }).API_RATE_LIMIT).toBe(0)
})

test.each([
  [{ API_OPEN: 'yes' }, 'API_OPEN must be 1 or 0, not "yes"'],
  [{ API_OPEN: '1', API_TOKENS: line }, 'API_OPEN disables authentication, but'],
  [{ API_TOKENS: '# none' }, 'API_TOKENS contains no token'],
  [{ API_TOKENS: `${line},x` }, 'API_TOKENS is invalid: line 2 is not'],
  [{ API_TLS_CERT: path }, 'API_TLS_CERT and API_TLS_KEY must be set together'],
  [{ API_TLS_KEY: path }, 'API_TLS_CERT and API_TLS_KEY must be set together'],
  [{ API_TRUST_PROXY: 'true' }, 'API_TRUST_PROXY must be a whole number'],
])('%p is an error', (environment, message) => {
  expect(() => read(environment)).toThrow(message)
})

test('an error does not contain the token', () => {
  expect(() => read({ API_TOKENS: token })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(token) }),
  )
})

test('tokens are read from the variable and the file', () => {
  writeFileSync(path, `${line}\n${newToken(['5000']).line}\n`)
  expect(readApiTokens(read({}))).toBeNull()
  expect(readApiTokens(read({ API_TOKENS: `${line}, ${line}` }))).toHaveLength(2)
  expect(readApiTokens(read({ API_TOKENS: line, API_TOKENS_FILE: path }))).toHaveLength(3)
})

test.each([
  ['', 'contains no token'],
  ['# no line\n', 'contains no token'],
  [`${line}\n${token}`, 'line 2 is not'],
])('the token file %j is an error', (content, message) => {
  writeFileSync(path, content)
  expect(() => readApiTokens(read({ API_TOKENS_FILE: path }))).toThrow(`API_TOKENS_FILE ${path}`)
  expect(() => readApiTokens(read({ API_TOKENS_FILE: path }))).toThrow(message)
})

test('a missing token file is an error', () => {
  expect(() => readApiTokens(read({ API_TOKENS_FILE: join(folder, 'none') }))).toThrow(ConfigError)
})
