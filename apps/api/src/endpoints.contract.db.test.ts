import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, searchFields } from '@stacktach/db'
import { endpoints, health } from './endpoints/index.ts'
import { cases } from './testkit/cases.ts'
import { fillDatabase, web } from './testkit/fixture.ts'
import { optional } from './testkit/parameterCases.ts'
import { contractFields } from './testkit/searchFieldCases.ts'
import { type Api, type Reply, startApi } from './testkit/startApi.ts'
import { endpointOf, Tally } from './testkit/tally.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

let database: TestDatabase
let api: Api
const tally = new Tally()

beforeAll(async () => {
  database = await createTestDatabase()
  await fillDatabase(database.db)
  api = await startApi(database.db)
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
  process.stdout.write(`Compared cell by cell:\n${tally}`)
})

/** What has to be given, by path: without it an endpoint answers 400. */
const required: Record<string, string> = {
  uuid: `uuid=${web}`,
  timings: 'name=compute.instance.resize',
  'timings/uuid': `uuid=${web}`,
  request: `request_id=${web}`,
  search: 'field=id&value=1',
}

const queries = [
  ...endpoints.map(({ path, ...rest }) => ({
    ...rest,
    path: `/stacky/${path.replace(/:\w+/, '1')}`,
    query: required[path],
  })),
  ...health.map(({ path, ...rest }) => ({ ...rest, path: `/${path}`, query: undefined })),
].map(({ query = '', ...rest }) => ({ ...rest, query }))

/** Headers that no two answers share. */
const ofTheCall = { date: '', 'x-request-id': '' }

function expectTable({ headers, text }: Reply): unknown {
  expect(headers).toMatchObject({ 'content-type': 'text/json; charset=utf-8', vary: 'Accept' })
  expect(headers).toHaveProperty('content-length', String(Buffer.byteLength(text)))
  expect(headers).not.toHaveProperty('x-powered-by')
  return JSON.parse(text)
}

describe.each(queries)('$path', ({ path, query, parameters }) => {
  test('answers GET, with and without the trailing slash', async () => {
    const reply = await api.ask(`${path}?${query}`)
    // There is no tenant 1 to have a kpi.
    expect(reply.status).toBe(path === '/stacky/kpi/1' ? 404 : 200)
    expect(expectTable(reply)).toBeInstanceOf(Array)
    expect((await api.ask(`${path}/?${query}`)).text).toBe(reply.text)
  })

  test('answers HEAD with the headers of GET', async () => {
    const get = await api.ask(`${path}?${query}`)
    const head = await api.ask(`${path}?${query}`, 'HEAD')
    expect(head).toMatchObject({ status: get.status, text: '' })
    expect({ ...head.headers, ...ofTheCall }).toEqual({ ...get.headers, ...ofTheCall })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const reply = await api.ask(`${path}?${query}`, method)
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(expectTable(reply)).toEqual([
      ['Error', 'Message'],
      ['Method Not Allowed', `${method} is not allowed here`],
    ])
  })

  test('refuses each of its parameters when repeated, naming it', async () => {
    for (const name of parameters.filter((name) => !/^(id|tenant)$/.test(name) || path.endsWith('search'))) {
      const reply = await api.ask(`${path}?${query}&${name}=1&${name}=1`)
      expect(reply.status).toBe(400)
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Bad Request', `${name} is there more than once`],
      ])
    }
  })

  test('refuses a URL that is not properly encoded', async () => {
    const reply = await api.ask(`${path}?${query}&x=%zz`)
    expect(reply.status).toBe(400)
    expectTable(reply)
  })
})

test.each(cases)('$path', async ({ path, status = 200, body }) => {
  const reply = await api.ask(`/stacky/${path}`)
  expect(expectTable(reply)).toEqual(body)
  expect(reply.status).toBe(status)
  tally.add(path, status, body)
})

test('no case is there twice, and every endpoint has some', () => {
  const paths = cases.map(({ path }) => path)
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
  const covered = new Set(paths.map(endpointOf))
  expect(endpoints.map(({ path }) => path).filter((path) => !covered.has(path))).toEqual([])
})

test('search knows the fields of the contract', () => {
  for (const service of ['nova', 'glance', 'generic'] as const) {
    expect([...searchFields[service].keys()].sort()).toEqual(contractFields[service])
  }
})

test.each(optional)('%s: an optional parameter that is empty counts as not there', async (question, parameters) => {
  const reply = await api.ask(`/stacky/${question}`)
  expect(reply.status).toBe(200)
  for (const parameter of parameters) {
    expect({ parameter, ...(await api.ask(`/stacky/${question}${parameter}=`)) }).toMatchObject({
      parameter,
      status: 200,
      text: reply.text,
    })
  }
})

test('HEAD of what is refused has the headers of the refusal, and no body', async () => {
  for (const path of ['/stacky/uuid', '/stacky/show/9', '/stacky/nope', '/stacky/kpi/nope']) {
    const get = await api.ask(path)
    const head = await api.ask(path, 'HEAD')
    expect(head).toMatchObject({ status: get.status, text: '' })
    expect({ ...head.headers, ...ofTheCall }).toEqual({ ...get.headers, ...ofTheCall })
  }
})

test('a report is sent as it was stored', async () => {
  expect((await api.ask('/stacky/report/1')).text).toBe('[ {"total": 12345678901234567890} ]')
})

test('what is no path of ours is a table, too', async () => {
  for (const path of ['/', '/stacky', '/%00', '//', '/stacky/uuid//', '/favicon.ico']) {
    const reply = await api.ask(path)
    expect(reply.status).toBe(404)
    expectTable(reply)
  }
})

test('a statement that takes too long is a 503', async () => {
  const db = openDatabase({ url: database.url, applicationName: 'slow', statementTimeout: 200, readOnly: true })
  const slow = await startApi(db)
  const locked = await database.db.pool.connect()
  try {
    await locked.query('begin')
    await locked.query('lock table notification_nova, timing in access exclusive mode')
    const search = await slow.ask('/stacky/search?field=state&value=active')
    expect(search.status).toBe(503)
    expect(expectTable(search)).toEqual([
      ['Error', 'Message'],
      [
        'Service Unavailable',
        expect.stringMatching(/^No index leads to state, .* narrow the search by when_min and when_max$/),
      ],
    ])
    for (const path of ['search?field=tenant&value=5000', `timings/uuid?uuid=${web}`]) {
      const reply = await slow.ask(`/stacky/${path}`)
      expect(reply.status).toBe(503)
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Service Unavailable', 'The database took too long to answer: ask for less, or for a shorter time'],
      ])
    }
  } finally {
    await locked.query('rollback')
    locked.release()
    await slow.stop()
    await db.close()
  }
})

test('a database that is away is a 503, on every endpoint that asks it', async () => {
  const db = openDatabase({ url: 'postgres://postgres@127.0.0.1:1/', applicationName: 'away' })
  const away = await startApi(db)
  try {
    for (const { path, query } of queries.filter(({ path }) => path !== '/healthz')) {
      const reply = await away.ask(`${path}?${query}`)
      expect({ path, status: reply.status }).toEqual({ path, status: 503 })
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Service Unavailable', 'The database cannot be reached'],
      ])
    }
    expect((await away.ask('/healthz')).status).toBe(200)
  } finally {
    await away.stop()
    await db.close()
  }
})
