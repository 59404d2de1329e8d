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
  api = await startApi(database.db, undefined, { patience: { headers: 500, request: 1_000, idle: 1_500, stop: 500 } })
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
})

/** A connection with all that came over it. */
function connect(to: Api): { socket: Socket; received(): string; closed: Promise<void> } {
  const { hostname, port } = new URL(to.url)
  const socket = createConnection(Number(port), hostname)
  let received = ''
  socket.on('data', (part) => {
    received += part
  })
  // A connection that is cut may say so.
  socket.on('error', () => {})
  return { socket, received: () => received, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
}

const table = (reason: string, message: string) =>
  JSON.stringify([
    ['Error', 'Message'],
    [reason, message],
  ])

const exhausted = table('Service Unavailable', 'No connection to the database came free in time: ask again in a moment')

test.each([
  ['headers', 'GET /stacky/events HTTP/1.1\r\nHost: a\r\n'],
  ['nothing', ''],
])('who sends %s slowly is told so and cut off, while others are answered', async (_, first) => {
  const began = Date.now()
  const slow = Array.from({ length: 50 }, () => connect(api))
  const timers = slow.map(({ socket }) => {
    socket.write(first)
    return setInterval(() => socket.writable && first !== '' && socket.write('X: y\r\n'), 100)
  })
  expect((await api.ask('/stacky/events')).status).toBe(200)
  await Promise.all(slow.map(({ closed }) => closed))
  expect(Date.now() - began).toBeLessThan(20_000)
  for (const timer of timers) clearInterval(timer)
  for (const { received } of slow) {
    expect(received()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nContent-Type: text\/json; charset=utf-8\r\n/)
    expect(received()).toContain(table('Request Timeout', 'The request took too long to arrive'))
  }
})

test('who sends a body slowly is cut off, too', async () => {
  const slow = connect(api)
  slow.socket.write('POST /stacky/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
  const timer = setInterval(() => slow.socket.writable && slow.socket.write('x'), 100)
  await slow.closed
  clearInterval(timer)
  expect(slow.received()).toMatch(/^HTTP\/1\.1 405 /)
})

test('who does not read what was asked for is cut off, and does not keep the server from stopping', async () => {
  const own = await startApi(database.db, undefined, { patience: { idle: 60_000, stop: 500 } })
  await database.db.pool.query(`update report set json = to_json(repeat('x', 2000000)) where id = 1`)
  for (const to of [api, own]) {
    const deaf = connect(to)
    deaf.socket.pause()
    // More answers than buffers hold.
    for (let count = 0; count < 20; count++) deaf.socket.write('GET /stacky/report/1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    if (to === own) {
      const began = Date.now()
      await own.stop()
      expect(Date.now() - began).toBeLessThan(8_000)
    }
    // What is unread keeps a socket from seeing its end.
    await new Promise((resolve) => setTimeout(resolve, to === own ? 0 : 10_000))
    deaf.socket.resume()
    await deaf.closed
    expect(deaf.received().length).toBeLessThan(20 * 2_000_000)
  }
})

test('what never becomes a request of the application is a table', async () => {
  const answers: [request: string, status: string, body: string][] = [
    [
      'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
      '405 Method Not Allowed',
      table('Method Not Allowed', 'CONNECT is not allowed here'),
    ],
    [
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n',
      '417 Expectation Failed',
      table('Expectation Failed', 'Nothing else than 100-continue can be expected'),
    ],
    [
      'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
      '400 Bad Request',
      table('Bad Request', 'The Host header is missing'),
    ],
    ['no request\r\n\r\n', '400 Bad Request', table('Bad Request', 'This is not a request that can be read')],
    [
      `GET / HTTP/1.1\r\nX: ${'y'.repeat(1_000_000)}`,
      '431 Request Header Fields Too Large',
      table('Request Header Fields Too Large', 'The URL and the headers are longer than 16 KB'),
    ],
  ]
  for (const [request, status, body] of answers) {
    const { socket, received, closed } = connect(api)
    socket.write(request)
    await closed
    expect(received().split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`)
    expect(received()).toContain('\r\nContent-Type: text/json; charset=utf-8\r\n')
    expect(received().endsWith(body)).toBe(true)
  }
  // A WebSocket is not offered, so the question is answered as if it had not asked for one.
  const upgrade = await api.ask('/stacky/events', 'GET', { connection: 'Upgrade', upgrade: 'websocket' })
  expect(upgrade.status).toBe(200)
})

test('five hundred at once are answered as one would be, or told to come again', async () => {
  const own = await startApi(database.db, undefined, { patience: { headers: 60_000, request: 60_000 } })
  const paths = ['events', `uuid?uuid=${web}`, 'kpi', 'summary', 'uuid', 'nope', 'search?field=tenant&value=5000']
  const alone = new Map<string, object>()
  for (const path of paths) {
    const { status, text } = await own.ask(`/stacky/${path}`)
    alone.set(path, { status, text })
  }
  const asked = Array.from({ length: 500 }, (_, index) => paths[index % paths.length] ?? '')
  const replies = await Promise.all(asked.map(async (path) => ({ path, reply: await own.ask(`/stacky/${path}`) })))
  await own.stop()
  for (const { path, reply } of replies) {
    const { status, text } = reply
    // A machine that is busy with other things may not get to all of them in time.
    if (status === 503) expect(text).toBe(exhausted)
    else expect({ path, status, text }).toEqual({ path, ...alone.get(path) })
  }
  expect(replies.filter(({ reply }) => reply.status === 200).length).toBeGreaterThan(10)
})

test('heavy questions are cut, who waits for them in vain is told so, and others go on', async () => {
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
    const began = Date.now()
    const hanging = Array.from({ length: 3 }, () => heavy.ask('/stacky/summary'))
    await until(async () => {
      const { rows } = await database.db.pool.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity where application_name = 'heavy' and wait_event_type = 'Lock'`,
      )
      return rows[0]?.waiting === 3
    })
    const waiting = await Promise.all(Array.from({ length: 20 }, () => heavy.ask('/stacky/events')))
    for (const { status, headers, text } of waiting) {
      expect({ status, text }).toEqual({
        status: 503,
        text: exhausted,
      })
      expect(headers['retry-after']).toBe('5')
    }
    expect((await heavy.ask('/healthz')).status).toBe(200)
    for (const { status, text } of await Promise.all(hanging)) {
      expect({ status, text }).toEqual({
        status: 503,
        text: table('Service Unavailable', 'The database took too long to answer: ask for less, or for a shorter time'),
      })
    }
    expect(Date.now() - began).toBeLessThan(30_000)
    // The lock is still there, and the connections are free again.
    for (const path of ['/stacky/events', '/readyz']) expect((await heavy.ask(path)).status).toBe(200)
  } finally {
    await locker.query('rollback')
    locker.release()
    await heavy.stop()
    await db.close()
  }
})

test('everybody who asks at once whether it is ready takes one connection', async () => {
  const db = openDatabase({ url: database.url, applicationName: 'ready', size: 4 })
  const ready = await startApi(db)
  try {
    await ready.ask('/readyz')
    const replies = await Promise.all(Array.from({ length: 200 }, () => ready.ask('/readyz')))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(db.pool.totalCount).toBe(1)
  } finally {
    await ready.stop()
    await db.close()
  }
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it does not come about')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
