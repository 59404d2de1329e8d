import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { detour, services, type TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'

/** The api as an operator starts it, with tokens from `token new`. */
let pipeline: Pipeline
let original: Record<string, string>
const folder = mkdtempSync(join(tmpdir(), 'auth-'))
const file = join(folder, 'tokens')
const reader = `reader_${randomBytes(6).toString('hex')}`

beforeAll(async () => {
  pipeline = await startPipeline(['north'])
  original = { ...pipeline.environment }
  await pipeline.database.pool.query(`create role ${reader} login password 'secret' in role stacktach_read`)
})

afterAll(async () => {
  await pipeline?.database.pool.query(`drop role ${reader}`)
  await pipeline?.stop()
  rmSync(folder, { recursive: true })
})

function configure(overrides: Record<string, string>): void {
  for (const name of Object.keys(pipeline.environment)) delete pipeline.environment[name]
  Object.assign(pipeline.environment, original, overrides)
}

async function start(overrides: Record<string, string>): Promise<{ api: TestProcess; url: string }> {
  configure(overrides)
  const api = await pipeline.start('api')
  const [, url = ''] = await api.printed(/"url":"([^"]+)"/)
  return { api, url: url.replace('0.0.0.0', '127.0.0.1') }
}

/** The error of an api that does not start. */
async function startError(overrides: Record<string, string>): Promise<string> {
  configure(overrides)
  const failure = await pipeline.start('api').then(
    () => new Error('it started'),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
  return failure.message
}

async function newToken(...args: string[]): Promise<{ token: string; line: string }> {
  const { code, output } = await pipeline.run('token', 'new', '--json', ...args)
  expect(code).toBe(0)
  return JSON.parse(output)
}

const status = async (url: string, path: string, token?: string) =>
  (await fetch(`${url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status

function readerUrl(): string {
  const url = new URL(original.DATABASE_URL ?? '')
  url.username = reader
  url.password = 'secret'
  return url.href
}

test('without tokens it listens on other addresses than loopback only with API_OPEN', async () => {
  expect(await startError({ API_HOST: '0.0.0.0' })).toMatch(
    /API_HOST 0\.0\.0\.0 is not a loopback address and no tokens are configured/,
  )
  const { api, url } = await start({ API_HOST: '0.0.0.0', API_OPEN: '1' })
  expect(await status(url, '/stacky/events')).toBe(200)
  expect(api.output()).toMatch(/authentication is off: anyone who can reach the API has full access/)
  await api.stop()
})

test('tokens are created by a command and changed while the api runs', async () => {
  const [first, second, limited] = [
    await newToken(),
    await newToken(),
    await newToken('--tenant', '5000', '--tenant', '6'),
  ]
  writeFileSync(file, `# the first\n${first.line}\n${limited.line}\n`)
  const { api, url } = await start({ API_HOST: '0.0.0.0', API_TOKENS_FILE: file })
  expect(api.output()).toMatch(/tokens are sent unencrypted/)
  expect(await status(url, '/healthz')).toBe(200)
  expect(await status(url, '/stacky/events')).toBe(401)
  expect(await status(url, '/stacky/events', first.token)).toBe(200)
  expect(await status(url, '/stacky/events', second.token)).toBe(401)
  expect(await status(url, '/stacky/events', limited.token)).toBe(403)
  expect(await status(url, '/stacky/kpi/6', limited.token)).toBe(404)
  writeFileSync(file, second.line)
  await api.printed(/tokens reloaded/)
  expect(await status(url, '/stacky/events', first.token)).toBe(401)
  expect(await status(url, '/stacky/events', second.token)).toBe(200)
  writeFileSync(file, `${second.line}\n${first.token}`)
  await api.printed(/token file is invalid; keeping the previous tokens/)
  expect(await status(url, '/stacky/events', second.token)).toBe(200)
  for (const { token } of [first, second, limited]) expect(api.output()).not.toContain(token)
  expect(await api.stop()).toBe(0)
  expect(await startError({ API_TOKENS_FILE: file })).toMatch(/API_TOKENS_FILE .*tokens: line 2 is not/)
})

test('a role with write privileges causes a warning, or an error with API_REQUIRE_READ_ROLE', async () => {
  const defaults = await start({})
  expect(defaults.api.output()).toMatch(/it is a superuser.*transactions are read-only nevertheless/)
  await defaults.api.stop()
  expect(await startError({ API_REQUIRE_READ_ROLE: '1' })).toMatch(
    /API_REQUIRE_READ_ROLE: the database role \w+ can write/,
  )
  const { api, url } = await start({ API_REQUIRE_READ_ROLE: '1', DATABASE_READ_URL: readerUrl() })
  expect(api.output()).not.toMatch(/can write/)
  for (const path of ['/readyz', '/stacky/events', '/stacky/summary', '/stacky/kpi', '/stacky/reports']) {
    expect(await status(url, path)).toBe(200)
  }
  await api.stop()
})

test('an api that started before its database also refuses a role with write privileges', async () => {
  const databaseProxy = await detour(original.DATABASE_URL ?? services().databaseUrl)
  try {
    const { api, url } = await start({ API_REQUIRE_READ_ROLE: '1', DATABASE_READ_URL: databaseProxy.url })
    expect(await status(url, '/readyz')).toBe(503)
    await databaseProxy.open()
    expect(await status(url, '/readyz')).toBe(503)
    expect(await status(url, '/stacky/events')).toBe(503)
    expect(api.output()).toMatch(/can write: it is a superuser/)
    await api.stop()
  } finally {
    await databaseProxy.shut()
  }
})
