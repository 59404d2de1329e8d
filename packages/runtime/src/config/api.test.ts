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

const read = (given: Record<string, string>) => apiConfig({ DATABASE_URL: 'postgres://db/stacktach', ...given })

const { line, token } = newToken([])

test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', 'localhost'])(
  'without tokens it listens on %s',
  (API_HOST) => {
    expect(read({ API_HOST })).toMatchObject({ loopback: true, API_RATE_LIMIT: 0 })
  },
)

test.each(['0.0.0.0', '::', '10.0.0.5', '128.0.0.1', '::ffff:10.0.0.5', 'localhost.example.org', 'api', '127.1'])(
  'without tokens it does not listen on %s, unless it is told to let everybody in',
  (API_HOST) => {
    expect(() => read({ API_HOST })).toThrow(ConfigError)
    expect(() => read({ API_HOST, API_OPEN: '0' })).toThrow(/API_TOKENS_FILE or API_TOKENS, or API_OPEN=1/)
    for (const given of [{ API_OPEN: '1' }, { API_TOKENS: line }, { API_TOKENS_FILE: path }]) {
      expect(read({ API_HOST, ...given })).toMatchObject({ loopback: false, API_RATE_LIMIT: 600 })
    }
  },
)

test('how often a client may ask can be said anywhere', () => {
  expect(read({ API_RATE_LIMIT: '5' }).API_RATE_LIMIT).toBe(5)
  expect(read({ API_HOST: '::', API_OPEN: '1', API_RATE_LIMIT: '0' }).API_RATE_LIMIT).toBe(0)
})

test.each([
  [{ API_OPEN: 'yes' }, 'API_OPEN must be 1 or 0, not "yes"'],
  [{ API_OPEN: '1', API_TOKENS: line }, 'API_OPEN lets everybody in, and'],
  [{ API_TOKENS: '# none' }, 'API_TOKENS holds no token'],
  [{ API_TOKENS: `${line},x` }, 'API_TOKENS has a fault: line 2 is not'],
  [{ API_TLS_CERT: path }, 'API_TLS_CERT and API_TLS_KEY belong together'],
  [{ API_TLS_KEY: path }, 'API_TLS_CERT and API_TLS_KEY belong together'],
  [{ API_TRUST_PROXY: 'true' }, 'API_TRUST_PROXY must be a whole number'],
])('%p is refused', (given, message) => {
  expect(() => read(given)).toThrow(message)
})

test('a token in clear is not shown', () => {
  expect(() => read({ API_TOKENS: token })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(token) }),
  )
})

test('tokens of the variable and of the file count together', () => {
  writeFileSync(path, `${line}\n${newToken(['5000']).line}\n`)
  expect(readApiTokens(read({}))).toBeNull()
  expect(readApiTokens(read({ API_TOKENS: `${line}, ${line}` }))).toHaveLength(2)
  expect(readApiTokens(read({ API_TOKENS: line, API_TOKENS_FILE: path }))).toHaveLength(3)
})

test.each([
  ['', 'holds no token'],
  ['# nobody\n', 'holds no token'],
  [`${line}\n${token}`, 'line 2 is not'],
])('a file of tokens that is %j is refused', (content, message) => {
  writeFileSync(path, content)
  expect(() => readApiTokens(read({ API_TOKENS_FILE: path }))).toThrow(`API_TOKENS_FILE ${path}`)
  expect(() => readApiTokens(read({ API_TOKENS_FILE: path }))).toThrow(message)
})

test('so is one that is not there', () => {
  expect(() => readApiTokens(read({ API_TOKENS_FILE: join(folder, 'none') }))).toThrow(ConfigError)
})
