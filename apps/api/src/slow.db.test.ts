import { createConnection, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '@stacktach/db'
import { fillDatabase, web } from './testkit/fixture.ts'
import { type Api, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

let database: TestDatabase
let api: Api

beforeAll(async () => {
  database = await createTestDatabase()
  await fillDatabase(database.db)
  api = await startApi(database.db, undefined, { timeouts: { headers: 500, request: 1_000, idle: 1_500, stop: 500 } })
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
})

/** Opens a connection and records the received bytes. */
function connect(to: Api): { socket: Socket; received(): string; closed: Promise<void> } {
  const { hostname, port } = new URL(to.url)
  const socket = createConnection(Number(port), hostname)
  let received = ''
  socket.on('data', (part) => {
    received += part
  })
  // A connection closed by the server may be reset.
  socket.on('error', () => {})
  return { socket, received: () => received, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
}

const table = (reason: string, message: string) =>
  JSON.stringify([
    ['Error', 'Message'],
    [reason, message],
  ])

const exhausted = table(
  'Service Unavailable',
  'No database connection became available in time: retry in a few seconds',
)

test.each([
  ['headers', 'GET /stacky/events HTTP/1.1\r\nHost: a\r\n'],
  ['nothing', ''],
])('a client that sends %s slowly gets 408 and is disconnected, without delaying others', async (_, first) => {
  const startedAt = Date.now()
  const slow = Array.from({ length: 50 }, () => connect(api))
  const timers = slow.map(({ socket }) => {
    socket.write(first)
    return setInterval(() => socket.writable && first !== '' && socket.write('X: y\r\n'), 100)
  })
  expect((await api.request('/stacky/events')).status).toBe(200)
  await Promise.all(slow.map(({ closed }) => closed))
  expect(Date.now() - startedAt).toBeLessThan(20_000)
  for (const timer of timers) clearInterval(timer)
  for (const { received } of slow) {
    expect(received()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nContent-Type: text\/json; charset=utf-8\r\n/)
    expect(received()).toContain(table('Request Timeout', 'The request took too long to arrive'))
  }
})

test('a client that sends a body slowly is disconnected', async () => {
  const slow = connect(api)
  slow.socket.write('POST /stacky/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
  const timer = setInterval(() => slow.socket.writable && slow.socket.write('x'), 100)
  await slow.closed
  clearInterval(timer)
  expect(slow.received()).toMatch(/^HTTP\/1\.1 405 /)
})

test('a client that does not read its responses is disconnected, and does not block the stop', async () => {
  const own = await startApi(database.db, undefined, { timeouts: { idle: 60_000, stop: 500 } })
  await database.db.pool.query(`update report set json = to_json(repeat('x', 2000000)) where id = 1`)
  for (const to of [api, own]) {
    const client = connect(to)
    client.socket.pause()
    // More responses than fit into the socket buffers.
    for (let count = 0; count < 20; count++) client.socket.write('GET /stacky/report/1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    if (to === own) {
      const startedAt = Date.now()
      await own.stop()
      expect(Date.now() - startedAt).toBeLessThan(8_000)
    }
    // A socket with unread data does not see that the connection is closed.
    await new Promise((resolve) => setTimeout(resolve, to === own ? 0 : 10_000))
    client.socket.resume()
    await client.closed
    expect(client.received().length).toBeLessThan(20 * 2_000_000)
  }
})

test('requests that do not reach the application get an error table', async () => {
  const exchanges: [request: string, status: string, body: string][] = [
    [
      'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
      '405 Method Not Allowed',
      table('Method Not Allowed', 'CONNECT is not allowed here'),
    ],
    [
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n',
      '417 Expectation Failed',
      table('Expectation Failed', 'Only "Expect: 100-continue" is supported'),
    ],
    [
      'GET /stacky/events HTTP/1.1\r\nConnection: close\r\n\r\n',
      '400 Bad Request',
      table('Bad Request', 'The Host header is missing'),
    ],
    ['not a request\r\n\r\n', '400 Bad Request', table('Bad Request', 'The request is malformed')],
    [
      `GET / HTTP/1.1\r\nX: ${'y'.repeat(1_000_000)}`,
      '431 Request Header Fields Too Large',
      table('Request Header Fields Too Large', 'The URL and the headers are longer than 16 KB'),
    ],
  ]
  for (const [request, status, body] of exchanges) {
    const { socket, received, closed } = connect(api)
    socket.write(request)
    await closed
    expect(received().split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`)
    expect(received()).toContain('\r\nContent-Type: text/json; charset=utf-8\r\n')
    expect(received().endsWith(body)).toBe(true)
  }
  // WebSocket is not supported, so the request to upgrade is ignored.
  const upgrade = await api.request('/stacky/events', 'GET', { connection: 'Upgrade', upgrade: 'websocket' })
  expect(upgrade.status).toBe(200)
})

test('five hundred concurrent requests get the same responses as single ones, or 503', async () => {
  const own = await startApi(database.db, undefined, { timeouts: { headers: 60_000, request: 60_000 } })
  const paths = ['events', `uuid?uuid=${web}`, 'kpi', 'summary', 'uuid', 'nope', 'search?field=tenant&value=5000']
  const single = new Map<string, object>()
  for (const path of paths) {
    const { status, text } = await own.request(`/stacky/${path}`)
    single.set(path, { status, text })
  }
  const requested = Array.from({ length: 500 }, (_, index) => paths[index % paths.length] ?? '')
  const replies = await Promise.all(
    requested.map(async (path) => ({ path, reply: await own.request(`/stacky/${path}`) })),
  )
  await own.stop()
  for (const { path, reply } of replies) {
    const { status, text } = reply
    // On a busy machine some may time out.
    if (status === 503) expect(text).toBe(exhausted)
    else expect({ path, status, text }).toEqual({ path, ...single.get(path) })
  }
  expect(replies.filter(({ reply }) => reply.status === 200).length).toBeGreaterThan(10)
})

test('slow queries are cancelled, and requests that wait for their connections get 503', async () => {
  const db = openDatabase({
    url: database.url,
    applicationName: 'heavy',
    size: 3,
    statementTimeout: 12_000,
    readOnly: true,
  })
  const heavy = await startApi(db)
  const locker = await database.db.pool.connect()
  try {
    await locker.query('begin')
    await locker.query('lock table timing in access exclusive mode')
    const startedAt = Date.now()
    const blocked = Array.from({ length: 3 }, () => heavy.request('/stacky/summary'))
    await until(async () => {
      const { rows } = await database.db.pool.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity where application_name = 'heavy' and wait_event_type = 'Lock'`,
      )
      return rows[0]?.waiting === 3
    })
    const waiting = await Promise.all(Array.from({ length: 20 }, () => heavy.request('/stacky/events')))
    for (const { status, headers, text } of waiting) {
      expect({ status, text }).toEqual({
        status: 503,
        text: exhausted,
      })
      expect(headers['retry-after']).toBe('5')
    }
    expect((await heavy.request('/healthz')).status).toBe(200)
    for (const { status, text } of await Promise.all(blocked)) {
      expect({ status, text }).toEqual({
        status: 503,
        text: table('Service Unavailable', 'The database query timed out: request fewer rows or a shorter period'),
      })
    }
    expect(Date.now() - startedAt).toBeLessThan(30_000)
    // The lock is still held, but the connections are available again.
    for (const path of ['/stacky/events', '/readyz']) expect((await heavy.request(path)).status).toBe(200)
  } finally {
    await locker.query('rollback')
    locker.release()
    await heavy.stop()
    await db.close()
  }
})

test('concurrent readiness checks share one connection', async () => {
  const db = openDatabase({ url: database.url, applicationName: 'ready', size: 4 })
  const ready = await startApi(db)
  try {
    await ready.request('/readyz')
    const replies = await Promise.all(Array.from({ length: 200 }, () => ready.request('/readyz')))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(db.pool.totalCount).toBe(1)
  } finally {
    await ready.stop()
    await db.close()
  }
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not become true in time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
