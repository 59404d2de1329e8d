import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase, Partitions } from '@stacktach/db'
import { type Service, services } from '@stacktach/domain'
import { newToken, parseTokens, type Token } from '@stacktach/runtime'
import { detour, type EventStream, openEventStream } from '@stacktach/testing'
import { at, web } from '../testkit/fixture.ts'
import { type Api, startApi } from '../testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/testDatabase.ts'
import type { LiveMetrics } from './liveMetrics.ts'

const WHEN = at('11:00:00.000001')

let database: TestDatabase
let api: Api
const streams: EventStream[] = []

beforeEach(async () => {
  database = await createTestDatabase()
  const partitions = new Partitions(database.db.pool, 1)
  for (const service of services) await partitions.ensure(service, [WHEN])
  await database.db.pool.query(`insert into deployment (name) values ('west'), ('east')`)
  api = await startApi(database.db)
})

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close()
  await api.stop()
  await database.drop()
})

interface Row {
  service?: Service
  event?: string
  instance?: string
  deployment?: number
  routingKey?: string
}

let keys = 0

/** Inserts `count` equal rows in one transaction. Returns `service-id` of each. */
async function insert(row: Row = {}, count = 1): Promise<string[]> {
  const { service = 'nova', event = 'compute.instance.update', deployment = 1, routingKey = 'notifications.info' } = row
  const nova = service === 'nova'
  const { rows } = await database.db.pool.query<{ id: number }>(
    `insert into notification_${service} (deployment_id, "when", dedup_key, routing_key, publisher, service, host, event, request_id,
                                          instance, image_type, json
                                          ${nova ? ', versioned, os_architecture, os_distro, os_version, rax_options, state' : ''})
     select $1, ${WHEN}, $2 || n, $3, 'compute.h1', 'compute', 'h1', $4, 'req-1', $5, 0, '{}'
            ${nova ? `, false, '', '', '', '', 'active'` : ''}
       from generate_series(1, $6::int) n returning id`,
    [deployment, `${keys++}-`, routingKey, event, row.instance ?? null, count],
  )
  return rows.map(({ id }) => `${service}-${id}`)
}

/** Resolves when all transactions that have begun have ended, also those of other tests on the same server. */
async function allEnded(): Promise<void> {
  const { pool } = database.db
  const { rows } = await pool.query<{ begun: number }>('select pg_current_xact_id()::text::bigint as begun')
  const horizon = 'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1 as ended'
  while ((await pool.query<{ ended: boolean }>(horizon, [rows[0]?.begun])).rows[0]?.ended !== true) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Connects and waits until the stream begins. */
async function connect(query = '', headers: Record<string, string> = {}, to = api): Promise<EventStream> {
  const stream = await openEventStream(`${to.url}/v1/live${query}`, headers)
  streams.push(stream)
  await stream.received(({ event }) => event === 'state' || event === 'gap')
  return stream
}

const dataOf = ({ events }: EventStream) =>
  events.filter(({ event }) => event === 'notification').map(({ data }) => JSON.parse(data))

const namesOf = (stream: EventStream): string[] => dataOf(stream).map(({ service, id }) => `${service}-${id}`)

/** Resolves when the stream has received these notifications and no others. */
async function expectNames(stream: EventStream, names: readonly string[]): Promise<void> {
  const last = names.at(-1)
  if (last !== undefined) await stream.received(({ data }) => nameOf(data) === last)
  expect(namesOf(stream)).toEqual(names)
}

function nameOf(data: string): string {
  const { service, id } = JSON.parse(data)
  return `${service}-${id}`
}

const lastId = (stream: EventStream) => stream.events.findLast(({ id }) => id !== null)?.id ?? ''

describe('a client', () => {
  test('receives notifications as they arrive', async () => {
    await insert()
    await allEnded()
    const stream = await connect()
    expect(stream.status).toBe(200)
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    await insert({ instance: web, routingKey: 'notifications.error' })
    await stream.received(({ event }) => event === 'notification')
    expect(dataOf(stream)).toEqual([
      {
        service: 'nova',
        id: 2,
        when: '2026-11-20T11:00:00.000001Z',
        deployment: 'west',
        event: 'compute.instance.update',
        error: true,
        host: 'h1',
        request_id: 'req-1',
        instance: web,
        image: null,
        state: 'active',
        old_state: null,
        old_task: null,
      },
    ])
    expect(stream.events.find(({ event }) => event === 'notification')?.id).toMatch(/^\d+-nova-2$/)
  })

  test('receives only the notifications that match its filter', async () => {
    const filters = {
      '': [0, 1, 2, 3, 4],
      '?service=glance': [1],
      '?deployment=east': [2],
      '?event=compute.instance.create.end': [3],
      [`?instance=${web}`]: [3, 4],
      '?errors=1': [4],
      [`?instance=${web}&errors=0&event=`]: [3, 4],
      '?service=glance&errors=1': [],
    }
    const connected = await Promise.all(
      Object.entries(filters).map(async ([query, expected]) => ({ expected, stream: await connect(query) })),
    )
    const names = [
      ...(await insert()),
      ...(await insert({ service: 'glance' })),
      ...(await insert({ deployment: 2 })),
      ...(await insert({ event: 'compute.instance.create.end', instance: web })),
      ...(await insert({ instance: web, routingKey: 'notifications.error' })),
    ]
    for (const { expected, stream } of connected) {
      await expectNames(
        stream,
        expected.map((index) => names[index] ?? ''),
      )
    }
  })

  test.each([
    ['?service=cinder', 'service must be one of nova, glance, generic'],
    ['?errors=yes', 'errors must be 1 or 0'],
    ['?after=x', '"x" is not the id of an event of this stream'],
  ])('with %s is refused', async (query, message) => {
    const reply = await api.request(`/v1/live${query}`)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(JSON.stringify(message).slice(1, -1))
  })

  test('reads only', async () => {
    expect(await api.request('/v1/live', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(await api.request('/v1/live', 'HEAD')).toMatchObject({ status: 200, text: '' })
  })
})

describe('a client that connects again', () => {
  test('receives each notification once, also from a restarted api', async () => {
    const expected: string[] = []
    const received: string[] = []
    let publishing = true
    const publisher = (async () => {
      while (publishing) {
        expected.push(
          ...(await insert({ service: services[expected.length % 3] ?? 'nova' }, 1 + (expected.length % 3))),
        )
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
    })()
    let stream = await connect()
    const first = namesOf(stream)
    expect(first.length).toBeLessThanOrEqual(expected.length)
    for (let round = 0; round < 8; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + round * 100))
      stream.close()
      await stream.ended
      received.push(...namesOf(stream))
      if (round % 3 === 1) {
        await api.stop()
        api = await startApi(database.db)
      }
      const id = lastId(stream)
      stream = round % 2 === 0 ? await connect('', { 'last-event-id': id }) : await connect(`?after=${id}`)
    }
    publishing = false
    await publisher
    const last = expected.at(-1)
    await stream.received(({ data }) => nameOf(data) === last)
    received.push(...namesOf(stream))
    expect(new Set(received).size).toBe(received.length)
    // The first notifications can have arrived before the stream began.
    expect([...received].sort()).toEqual(expected.slice(expected.length - received.length).sort())
    expect(received.length).toBeGreaterThan(100)
  })

  test('resumes with a filter that matched nothing', async () => {
    const stream = await connect('?service=glance')
    await insert({}, 100)
    await new Promise((resolve) => setTimeout(resolve, 700))
    stream.close()
    await stream.ended
    const names = await insert({ service: 'glance' }, 2)
    const resumed = await connect('?service=glance', { 'last-event-id': lastId(stream) })
    await expectNames(resumed, names)
  })

  test('gets an event if notifications were skipped, and receives the later ones', async () => {
    const stream = await connect()
    stream.close()
    await stream.ended
    const names: string[] = []
    for (let batch = 0; batch < 25; batch++) names.push(...(await insert({}, 1_000)))
    await allEnded()
    const resumed = await connect('', { 'last-event-id': lastId(stream) })
    await resumed.received(({ data }) => nameOf(data) === names.at(-1))
    expect(resumed.events[0]).toMatchObject({ event: 'gap', data: '{}' })
    const received = namesOf(resumed)
    expect(received).toEqual(names.slice(-received.length))
    expect(received.length).toBeGreaterThan(15_000)
  })
})

describe('the api', () => {
  const counts = { clients: 0, delivered: 0, slow: 0, gaps: 0 }
  const liveMetrics: LiveMetrics = {
    clients: (count) => {
      counts.clients = count
    },
    delivered: (count) => {
      counts.delivered += count
    },
    disconnectedAsSlow: () => {
      counts.slow++
    },
    gap: () => {
      counts.gaps++
    },
  }

  const restart = async (options: Parameters<typeof startApi>[2], db: Database = database.db) => {
    await api.stop()
    Object.assign(counts, { clients: 0, delivered: 0, slow: 0, gaps: 0 })
    api = await startApi(db, undefined, { liveMetrics, ...options })
  }

  test('refuses clients beyond the maximum', async () => {
    await restart({ maxLiveClients: 2 })
    const first = await connect()
    await connect()
    const refused = await api.request('/v1/live')
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
    expect(refused.text).toContain('maximum of 2 live clients')
    expect(counts.clients).toBe(2)
    first.close()
    await first.ended
    await expectNames(await connect(), [])
  })

  test('disconnects a client that does not read, and it resumes', async () => {
    await restart({})
    const [reader, slow] = [await connect(), await connect()]
    slow.pause()
    const names: string[] = []
    while (counts.slow === 0 && names.length < 100_000) {
      const more = await insert({ instance: web }, 2_000)
      names.push(...more)
      await reader.received(({ data }) => nameOf(data) === more.at(-1))
    }
    expect(counts).toMatchObject({ slow: 1, clients: 1 })
    slow.resume()
    await slow.ended
    await expectNames(reader, names)
    const part = namesOf(slow)
    expect(part.length).toBeLessThan(names.length)
    expect(part).toEqual(names.slice(0, part.length))
    const resumed = await connect('', { 'last-event-id': lastId(slow) })
    expect(resumed.events[0]?.event).toBe('state')
    await resumed.received(({ data }) => nameOf(data) === names.at(-1))
    expect([...part, ...namesOf(resumed)]).toEqual(names)
  }, 60_000)

  test('keeps a connection without notifications open, and sends the position reached', async () => {
    await restart({ timeouts: { idle: 300 }, heartbeatMs: 500 })
    const stream = await connect('?service=glance')
    const begun = stream.events[0]?.id
    await insert({}, 10)
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    await stream.received(({ event, id }) => event === 'state' && id !== begun)
    const names = await insert({ service: 'glance' })
    await expectNames(stream, names)
  })

  test('tells clients while the database does not answer, and loses nothing', async () => {
    const network = await detour(database.url)
    await network.open()
    const db = openDatabase({ url: network.url, applicationName: 'test', queryTimeout: 1_000 })
    try {
      await restart({}, db)
      const stream = await connect()
      await network.shut()
      await stream.received(({ data }) => data.includes('unavailable'))
      const names = await insert({}, 3)
      await network.open()
      await expectNames(stream, names)
      expect(stream.events.filter(({ event }) => event === 'state').map(({ data }) => JSON.parse(data).state)).toEqual([
        'live',
        'unavailable',
        'live',
      ])
      expect(counts).toMatchObject({ delivered: 3, gaps: 0 })
    } finally {
      await restart({})
      await db.close()
      await network.shut()
    }
  })

  test('ends the connections when it stops, without waiting for them', async () => {
    const connected = [await connect(), await connect('?errors=1')]
    const startedAt = performance.now()
    await api.stop()
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    await Promise.all(connected.map(({ ended }) => ended))
    api = await startApi(database.db)
  })

  test('reads the database only while there are clients', async () => {
    let reads = 0
    database.db.pool.on('acquire', () => reads++)
    const wait = () => new Promise((resolve) => setTimeout(resolve, 1_500))
    const stream = await connect()
    await wait()
    expect(reads).toBeGreaterThanOrEqual(2)
    stream.close()
    await stream.ended
    await wait()
    reads = 0
    await wait()
    expect(reads).toBe(0)
    await connect()
    expect(reads).toBeGreaterThan(0)
  })

  test('requires a token without limits, for as long as the client is connected', async () => {
    const [all, limited] = [newToken([]), newToken(['5000'])]
    let tokens: readonly Token[] = parseTokens([all.line, limited.line].join('\n')).tokens
    await restart({ admission: { tokens: () => tokens }, heartbeatMs: 200 })
    expect((await api.request('/v1/live')).status).toBe(401)
    expect((await api.request('/v1/live', 'GET', { authorization: 'Bearer x' })).status).toBe(401)
    expect((await api.request('/v1/live', 'GET', { authorization: `Bearer ${limited.token}` })).status).toBe(403)
    const stream = await connect('', { authorization: `Bearer ${all.token}` })
    await expectNames(stream, await insert())
    tokens = parseTokens(limited.line).tokens
    await stream.ended
  })
})
