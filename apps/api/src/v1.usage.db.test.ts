import { get } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Database } from '@stacktach/db'
import { z } from 'zod'
import { type Api, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

const DAY = 86_400_000_000
/** 2026-11-01 00:00:00. */
const START = 1_793_491_200_000_000
/** More than one batch. */
const INSTANCES = 1_200

let database: TestDatabase
let api: Api

beforeAll(async () => {
  database = await createTestDatabase()
  await database.db.pool.query(`insert into deployment (name) values ('east-1'), ('east-2')`)
  await database.db.pool.query(
    `insert into lifecycle (instance, notification_id, notification_when, folded_when, folded_tie_break, has_classic,
                            has_versioned, launched_at, tenant, host, deployment_id)
     select 'i-' || to_char(g, 'FM0000'), g, 0, 0, '', true, false, $1, 't-' || g % 3, 'host', 1 + g % 2
       from generate_series(1, $2::int) g`,
    [START, INSTANCES],
  )
  // Two exists of twelve hours each; the second one of every tenth instance failed.
  await database.db.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
                                  versioned, tenant, status, audit_period_beginning, audit_period_ending,
                                  instance_flavor_id, flavor_name, memory_mb)
     select 1 + g % 2, g || ' ' || half, g, $1 + half * $3::bigint, 'i-' || to_char(g, 'FM0000'), $1, 0, false, 't-' || g % 3,
            case when half = 2 and g % 10 = 0 then 'failed' else 'verified' end, $1 + (half - 1) * $3::bigint,
            $1 + half * $3::bigint, '2', '=m1, "small"', 512
       from generate_series(1, $2::int) g, generate_series(1, 2) half`,
    [START, INSTANCES, DAY / 2],
  )
  await database.db.pool.query('insert into usage_closed (day) values ($1)', [START])
  api = await startApi(database.db, START + 2 * DAY)
}, 60_000)

afterAll(async () => {
  await api?.stop()
  await database?.drop()
})

const day = 'from=2026-11-01&until=2026-11-02'
const page = z.object({
  items: z.array(z.object({ instance: z.string(), seconds: z.number(), final: z.boolean() })),
  next: z.string().nullable(),
})

async function json(path: string): Promise<unknown> {
  const reply = await api.request(`/v1/${path}`)
  expect(reply.status).toBe(200)
  return JSON.parse(reply.text)
}

test('comma-separated values have all rows of the pages', async () => {
  const listed: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const { items, next }: z.infer<typeof page> = page.parse(await json(`usage?${day}&limit=500&after=${after}`))
    listed.push(...items.map(({ instance, seconds, final }) => `${instance} ${seconds} ${final}`))
    after = next
  }
  const reply = await api.request(`/v1/usage?${day}&format=csv`)
  expect(reply.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'cache-control': 'no-store',
  })
  const [header, ...lines] = reply.text.trimEnd().split('\r\n')
  expect(header).toBe('instance,tenant,deployment,flavor,flavor_name,memory_mb,seconds,missing_seconds,final')
  expect(lines).toHaveLength(INSTANCES)
  expect(lines[0]).toBe(`i-0001,t-1,east-2,2,"'=m1, ""small""",512,86400,0,true`)
  expect(lines[9]).toBe(`i-0010,t-1,east-1,2,"'=m1, ""small""",512,43200,43200,false`)
  const shown = lines.map((line) => {
    const parts = line.split(',')
    return `${parts[0]} ${parts.at(-3)} ${parts.at(-1)}`
  })
  expect(shown).toEqual(listed)
})

test('the header Accept selects the format, unless the parameter does', async () => {
  const typeOf = async (query: string, accept: string) =>
    (await api.request(`/v1/usage?${day}&limit=1${query}`, 'GET', { accept })).headers['content-type']?.split(';')[0]
  expect(await typeOf('', 'text/csv')).toBe('text/csv')
  expect(await typeOf('', '*/*')).toBe('application/json')
  expect(await typeOf('', 'text/csv;q=0.5, application/json')).toBe('application/json')
  expect(await typeOf('&format=json', 'text/csv')).toBe('application/json')
})

test('the summary has the sums of the list, and what is missing', async () => {
  expect(await json(`usage/summary?${day}&tenant=t-1`)).toMatchObject({
    final: false,
    closed: true,
    items: [{ tenant: 't-1', flavor: '2', instances: 400, seconds: 400 * 86_400 - 40 * 43_200 }],
    missing_seconds: 40 * 43_200,
  })
  const { missing } = z.object({ missing: z.array(z.unknown()) }).parse(await json(`usage/summary?${day}`))
  expect(missing).toHaveLength(100)
  expect(missing[0]).toEqual({
    ...{ instance: 'i-0010', tenant: 't-1', deployment: 'east-1', reason: 'failed exists' },
    ...{ from: '2026-11-01T12:00:00.000000Z', until: '2026-11-02T00:00:00.000000Z' },
  })
  const csv = await api.request(`/v1/usage/summary?${day}&format=csv`)
  expect(csv.text.split('\r\n').map((line) => line.split(',')[0])).toEqual(['tenant', 't-0', 't-1', 't-2', ''])
})

test.each([
  ['deployment=east-1', 600],
  ['region=EAST', 1_200],
  ['region=west', 0],
  ['flavor=2', 1_200],
  ['flavor=3', 0],
  ['tenant=t-2&deployment=east-2', 200],
])('%s selects %d instances', async (filter, count) => {
  const { text } = await api.request(`/v1/usage?${day}&format=csv&${filter}`)
  expect(text.split('\r\n')).toHaveLength(count + 2)
})

test('half of an hour is final if it is covered; the next day is not closed', async () => {
  const first = async (query: string) => page.parse(await json(`usage?${query}&limit=1`)).items[0]
  expect(await first('from=2026-11-01T10:00:00Z&until=2026-11-01T10:30:00Z')).toMatchObject({
    seconds: 1_800,
    final: true,
  })
  expect(await first('from=2026-11-01T23:00:00Z&until=2026-11-02T00:00:01Z')).toMatchObject({
    seconds: 3_600,
    final: false,
  })
})

test.each([
  ['from=2026-11-02&until=2026-11-02', 'until must be after from'],
  ['from=2025-01-01&until=2026-11-02', 'The period must not be longer than 366 days'],
  ['format=xml', 'format must be json or csv'],
  ['format=csv&from=x', expect.stringContaining('from must be a time')],
])('%s is invalid', async (query, detail) => {
  const reply = await api.request(`/v1/usage?${query}`)
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.text)).toMatchObject({ status: 400, detail })
})

test('HEAD of comma-separated values has no body', async () => {
  const reply = await api.request(`/v1/usage?${day}&format=csv`, 'HEAD')
  expect(reply).toMatchObject({
    status: 200,
    text: '',
    headers: { 'content-type': expect.stringContaining('text/csv') },
  })
})

/** A database whose connections after the first `allowed` ones fail. */
function failingAfter(db: Database, allowed: number): Database {
  let connections = 0
  const pool = new Proxy(db.pool, {
    get(target, name) {
      if (name === 'connect') {
        return () => (++connections > allowed ? Promise.reject(new Error('planted failure')) : target.connect())
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...db, pool }
}

test('a failure before the first rows is a problem; a later one breaks the connection', async () => {
  const failing = await startApi(failingAfter(database.db, 1), START + 2 * DAY)
  try {
    const path = `/v1/usage?${day}&format=csv`
    await expect(failing.request(path)).rejects.toThrow()
    const reply = await failing.request(path)
    expect(reply).toMatchObject({ status: 500, headers: { 'content-type': expect.stringContaining('problem+json') } })
  } finally {
    await failing.stop()
  }
})

test('when the client disconnects, no more is read', async () => {
  let connections = 0
  const counting = await startApi(
    {
      ...database.db,
      pool: new Proxy(database.db.pool, {
        get(target, name) {
          if (name === 'connect') connections++
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
    },
    START + 2 * DAY,
  )
  try {
    await new Promise<void>((resolve, reject) => {
      // A year in batches of two instances.
      get(`${counting.url}/v1/usage?from=2025-12-01&until=2026-12-01&format=csv`, (response) => {
        response.once('data', () => {
          response.destroy()
          resolve()
        })
      }).on('error', reject)
    })
    await expect(counting.request('/v1/deployments')).resolves.toMatchObject({ status: 200 })
    const soon = connections
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(connections - soon).toBeLessThan(5)
    expect(connections).toBeLessThan(INSTANCES / 2)
  } finally {
    await counting.stop()
  }
})
