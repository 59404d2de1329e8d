import { STATUS_CODES } from 'node:http'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { effort } from '@stacktach/testing'
import fc from 'fast-check'
import { endpoints } from './endpoints/index.ts'
import { fillDatabase } from './testkit/fixture.ts'
import { everyParameter, rawRequests, toEndpoints, toPaths } from './testkit/hostileRequests.ts'
import { type Api, type Reply, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'
import { resources } from './v1/index.ts'

/** HOSTILE_SEED repeats a run; TEST_EFFORT multiplies the number of requests. */
const seed = Number(process.env.HOSTILE_SEED || Date.now() % 1_000_000_000)
const runs = effort(200)

let database: TestDatabase
let api: Api
let before: string
const statuses = new Map<number, number>()

beforeAll(async () => {
  database = await createTestDatabase()
  await fillDatabase(database.db)
  // The connections can write, so that an injected statement would change the fingerprint.
  api = await startApi(database.db, undefined, { timeouts: { headers: 200, request: 400 } })
  before = await fingerprint()
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0)
  process.stdout.write(`Hostile requests: ${total} (by status: ${counts.join(', ')}). HOSTILE_SEED=${seed}\n`)
})

/** A digest of all rows of all tables. */
async function fingerprint(): Promise<string> {
  const { rows } = await database.db.pool.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
      where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  )
  const parts: string[] = []
  for (const { name } of rows) {
    const result = await database.db.pool.query(
      `select count(*) || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as f from ${name} t`,
    )
    parts.push(`${name} ${result.rows[0]?.f}`)
  }
  return parts.join('\n')
}

/** Internal details, which no response may contain. The requests themselves do not contain them. */
const leaks =
  /\n\s+at |node_modules|\.[jt]s:\d|prisma|relation "|syntax error|column "|invalid input|postgres|\berr(or)?no\b/i

/** Expects a table, with an allowed status and without internal details. */
function expectAnswer({ status, headers, text }: Reply, allowed: readonly number[]) {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  expect(allowed).toContain(status)
  expect(headers).toMatchObject({
    'content-type': 'text/json; charset=utf-8',
    vary: 'Accept',
    'content-length': String(Buffer.byteLength(text)),
  })
  const body: unknown = JSON.parse(text)
  expect(text).not.toMatch(leaks)
  expect(text).not.toContain(process.cwd())
  // A report can be any JSON.
  if (status === 200) return expect(body).toBeInstanceOf(Object)
  expect(body).toEqual([
    ['Error', 'Message'],
    [STATUS_CODES[status], expect.stringMatching(/./)],
  ])
}

/** Expects a table, or outside of the API's paths a page. */
function expectAnswerOrPage(reply: Reply, allowed: readonly number[]) {
  const { status, headers, text } = reply
  if (headers['content-type'] !== 'text/html; charset=utf-8') return expectAnswer(reply, allowed)
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  expect(allowed).toContain(status)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-length': String(Buffer.byteLength(text)) })
  expect(text).toMatch(/^<!doctype html><html/)
  expect(text).not.toMatch(leaks)
  expect(text).not.toContain('<script>')
}

const property = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>, numRuns = runs) =>
  fc.assert(fc.asyncProperty(arbitrary, check), { seed, numRuns })

test('all parameters of all endpoints, with all shapes and unusual values', async () => {
  for (const path of everyParameter(endpoints)) {
    const reply = await api.request(path)
    try {
      expectAnswer(reply, [200, 400, 404])
    } catch (cause) {
      throw new Error(path, { cause })
    }
  }
})

test('all parameters of all resources of /v1, with all shapes and unusual values', async () => {
  for (const path of everyParameter(resources, '/v1/')) {
    const { status, headers, text } = await api.request(path)
    try {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect([200, 400, 404]).toContain(status)
      expect(headers['content-type']).toBe(
        status === 200 ? 'application/json; charset=utf-8' : 'application/problem+json',
      )
      expect(text).not.toMatch(leaks)
      expect(JSON.parse(text)).toMatchObject(status === 200 ? {} : { type: 'about:blank', status })
    } catch (cause) {
      throw new Error(path, { cause })
    }
  }
})

test('a parameter or path of a megabyte is rejected', async () => {
  for (const { path, parameters } of endpoints) {
    const target = `/stacky/${path.replace(/:\w+/, '1')}`
    for (const name of [...Object.keys(parameters.shape), 'x']) {
      expectAnswer(await api.request(`${target}?${name}=${'a'.repeat(1_048_576)}`), [431])
    }
    expectAnswer(await api.request(`${target}/${'a'.repeat(1_048_576)}`), [431])
  }
})

test('random parameters', async () => {
  await property(toEndpoints(endpoints), async (path) => expectAnswer(await api.request(path), [200, 400, 404]))
})

test('random paths', async () => {
  await property(toPaths, async (path) => expectAnswerOrPage(await api.request(path), [200, 400, 404]))
})

test('random bytes', async () => {
  await property(
    rawRequests,
    async (bytes) => {
      const reply = await sendRaw(bytes)
      if (reply === null) throw new Error('closed without a response')
      // The response to HEAD has no body.
      if (reply.text === '') return
      expectAnswerOrPage(reply, [200, 400, 404, 405, 408, 417, 431])
    },
    Math.ceil(runs / 4),
  )
})

test('the requests changed nothing, and the api is ready', async () => {
  expect(await fingerprint()).toBe(before)
  expect((await api.request('/readyz')).status).toBe(200)
})

/** Sends bytes on a new connection. Returns the first response, or null when the connection closes without one. */
function sendRaw(bytes: Buffer): Promise<Reply | null> {
  const { hostname, port } = new URL(api.url)
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () => socket.write(bytes))
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      received += part
    })
    socket.on('error', reject)
    socket.setTimeout(10_000, () =>
      socket.destroy(new Error(`no response to ${JSON.stringify(bytes.toString('latin1'))}`)),
    )
    socket.on('close', () => {
      const response = received.replace('HTTP/1.1 100 Continue\r\n\r\n', '')
      const [, status, head = '', rest = ''] = /^HTTP\/1\.1 (\d+) [^\r]*\r\n(.*?)\r\n\r\n(.*)$/s.exec(response) ?? []
      if (status === undefined) return resolve(null)
      const headers = Object.fromEntries(
        head
          .split('\r\n')
          .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      )
      const text = Buffer.from(rest).subarray(0, Number(headers['content-length'])).toString()
      resolve({ status: Number(status), headers, text })
    })
  })
}
