import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, searchFields } from '@stacktach/db'
import { endpoints, health } from './endpoints/index.ts'
import { cases } from './testkit/cases.ts'
import { undescribed } from './testkit/described.ts'
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

/** The required parameters of endpoints, by path. */
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

/** Headers that differ in every response. */
const perRequest = { date: '', 'x-request-id': '' }

function expectTable({ headers, text }: Reply): unknown {
  expect(headers).toMatchObject({ 'content-type': 'text/json; charset=utf-8', vary: 'Accept' })
  expect(headers).toHaveProperty('content-length', String(Buffer.byteLength(text)))
  expect(headers).not.toHaveProperty('x-powered-by')
  return JSON.parse(text)
}

describe.each(queries)('$path', ({ path, query, parameters }) => {
  test('responds to GET, with and without the trailing slash', async () => {
    const reply = await api.request(`${path}?${query}`)
    // Tenant 1 does not exist.
    expect(reply.status).toBe(path === '/stacky/kpi/1' ? 404 : 200)
    expect(expectTable(reply)).toBeInstanceOf(Array)
    expect(undescribed(path, reply.status, 'text/json', JSON.parse(reply.text))).toEqual([])
    expect((await api.request(`${path}/?${query}`)).text).toBe(reply.text)
  })

  test('responds to HEAD with the headers of GET', async () => {
    const get = await api.request(`${path}?${query}`)
    const head = await api.request(`${path}?${query}`, 'HEAD')
    expect(head).toMatchObject({ status: get.status, text: '' })
    expect({ ...head.headers, ...perRequest }).toEqual({ ...get.headers, ...perRequest })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('rejects %s', async (method) => {
    const reply = await api.request(`${path}?${query}`, method)
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(expectTable(reply)).toEqual([
      ['Error', 'Message'],
      ['Method Not Allowed', `${method} is not allowed here`],
    ])
  })

  test('rejects repeated parameters by name', async () => {
    for (const name of Object.keys(parameters.shape).filter(
      (name) => !/^(id|tenant)$/.test(name) || path.endsWith('search'),
    )) {
      const reply = await api.request(`${path}?${query}&${name}=1&${name}=1`)
      expect(reply.status).toBe(400)
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Bad Request', `${name} must not be repeated`],
      ])
    }
  })

  test('rejects a URL with invalid percent-encoding', async () => {
    const reply = await api.request(`${path}?${query}&x=%zz`)
    expect(reply.status).toBe(400)
    expectTable(reply)
  })
})

test.each(cases)('$path', async ({ path, status = 200, body }) => {
  const reply = await api.request(`/stacky/${path}`)
  expect(expectTable(reply)).toEqual(body)
  expect(reply.status).toBe(status)
  if (endpointOf(path) !== '(none)') {
    expect(undescribed(`/stacky/${path}`, status, 'text/json', JSON.parse(reply.text))).toEqual([])
  }
  tally.add(path, status, body)
})

test('the cases are unique and cover all endpoints', () => {
  const paths = cases.map(({ path }) => path)
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
  const covered = new Set(paths.map(endpointOf))
  expect(endpoints.map(({ path }) => path).filter((path) => !covered.has(path))).toEqual([])
})

test('search has exactly the fields of the contract', () => {
  for (const service of ['nova', 'glance', 'generic'] as const) {
    expect([...searchFields[service].keys()].sort()).toEqual(contractFields[service])
  }
})

test.each(optional)('%s: an empty optional parameter counts as absent', async (path, parameters) => {
  const reply = await api.request(`/stacky/${path}`)
  expect(reply.status).toBe(200)
  for (const parameter of parameters) {
    expect({ parameter, ...(await api.request(`/stacky/${path}${parameter}=`)) }).toMatchObject({
      parameter,
      status: 200,
      text: reply.text,
    })
  }
})

test('HEAD of a rejected request has the headers of the error, and no body', async () => {
  for (const path of ['/stacky/uuid', '/stacky/show/9', '/stacky/nope', '/stacky/kpi/nope']) {
    const get = await api.request(path)
    const head = await api.request(path, 'HEAD')
    expect(head).toMatchObject({ status: get.status, text: '' })
    expect({ ...head.headers, ...perRequest }).toEqual({ ...get.headers, ...perRequest })
  }
})

test('a report is sent unchanged', async () => {
  expect((await api.request('/stacky/report/1')).text).toBe('[ {"total": 12345678901234567890} ]')
})

test('an unknown path gets an error table', async () => {
  for (const path of ['/stacky', '/stacky/%00', '/stacky/uuid//', '/healthz/x']) {
    const reply = await api.request(path)
    expect(reply.status).toBe(404)
    expectTable(reply)
  }
})

test("an unknown path outside of the interface's gets an error page", async () => {
  for (const path of ['/%00', '/nothing//', '/stacky.html', '/favicon.ico']) {
    const { status, headers, text } = await api.request(path)
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(text).toContain(`There is no page at ${path}`)
  }
})

test('a query that times out is a 503', async () => {
  const db = openDatabase({ url: database.url, applicationName: 'slow', statementTimeout: 200, readOnly: true })
  const slow = await startApi(db)
  const locker = await database.db.pool.connect()
  try {
    await locker.query('begin')
    await locker.query('lock table notification_nova, timing in access exclusive mode')
    const search = await slow.request('/stacky/search?field=state&value=active')
    expect(search.status).toBe(503)
    expect(expectTable(search)).toEqual([
      ['Error', 'Message'],
      ['Service Unavailable', 'state is not indexed and the scan timed out: narrow it with when_min and when_max'],
    ])
    for (const path of ['search?field=tenant&value=5000', `timings/uuid?uuid=${web}`]) {
      const reply = await slow.request(`/stacky/${path}`)
      expect(reply.status).toBe(503)
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Service Unavailable', 'The database query timed out: request fewer rows or a shorter period'],
      ])
    }
  } finally {
    await locker.query('rollback')
    locker.release()
    await slow.stop()
    await db.close()
  }
})

test('an unavailable database is a 503 on all endpoints that use it', async () => {
  const db = openDatabase({ url: 'postgres://postgres@127.0.0.1:1/', applicationName: 'unavailable' })
  const unavailable = await startApi(db)
  try {
    for (const { path, query } of queries.filter(({ path }) => path !== '/healthz')) {
      const reply = await unavailable.request(`${path}?${query}`)
      expect({ path, status: reply.status }).toEqual({ path, status: 503 })
      expect(expectTable(reply)).toEqual([
        ['Error', 'Message'],
        ['Service Unavailable', 'The database is unavailable'],
      ])
    }
    expect((await unavailable.request('/healthz')).status).toBe(200)
  } finally {
    await unavailable.stop()
    await db.close()
  }
})
