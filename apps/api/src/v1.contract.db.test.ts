import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '@stacktach/db'
import { newToken, parseTokens } from '@stacktach/runtime'
import fc from 'fast-check'
import { z } from 'zod'
import { undescribed } from './testkit/described.ts'
import { resize, web, worker } from './testkit/fixture.ts'
import { type Api, type Reply, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'
import { v1Cases, v1ListCases } from './testkit/v1Cases.ts'
import { create, fillForV1, old, volumeOnly } from './testkit/v1Fixture.ts'
import { resources } from './v1/index.ts'

let database: TestDatabase
let api: Api

beforeAll(async () => {
  database = await createTestDatabase()
  await fillForV1(database.db)
  api = await startApi(database.db)
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
})

const items = z.looseObject({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() })

/** Expects JSON that is as described, with the headers of all answers. */
function expectJson(path: string, { status, headers, text }: Reply, expected = 200): unknown {
  expect({ path, status, text }).toMatchObject({ path, status: expected })
  expect(headers).toMatchObject({
    'content-type': expected === 200 ? 'application/json; charset=utf-8' : 'application/problem+json',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
  })
  const body: unknown = JSON.parse(text)
  expect(undescribed(path, status, headers['content-type'], body)).toEqual([])
  return body
}

async function expectProblem(path: string, status: number, title: string, detail: string, more: object = {}) {
  const reply = await api.request(path)
  expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  expect(JSON.parse(reply.text)).toEqual({ type: 'about:blank', title, status, detail, ...more })
  expect(reply.status).toBe(status)
}

/** A path to each resource, with ids that exist. */
const known: Record<string, string> = {
  'requests/:id': `requests/${resize}`,
  'notifications/:service/:id': 'notifications/nova/1',
  'timings/:name': 'timings/compute.instance.rebuild',
  usage: 'usage?tenant=5000',
  'usage/summary': 'usage/summary?tenant=5000',
  'usage/missing': 'usage/missing?tenant=5000',
  'usage/corrections': 'usage/corrections?tenant=5000',
  'reports/:id': 'reports/1',
}

const paths = resources.map(({ path, access }) => ({ path: known[path] ?? path.replace(':uuid', web), access }))

test.each(v1Cases)('$path', async ({ path, body }) => {
  const reply = await api.request(`/v1/${path}`)
  // Numbers that JavaScript cannot hold are compared in the test of their digits.
  const expected = JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? Number(value) : value))
  expect(expectJson(`/v1/${path}`, reply)).toEqual(JSON.parse(expected))
})

describe.each(v1ListCases)('$path', ({ path, members, items: expected }) => {
  const textOf = (item: Record<string, unknown>) => members.map((member) => String(item[member])).join(' ')

  test('lists', async () => {
    const body = items.parse(expectJson(`/v1/${path}`, await api.request(`/v1/${path}`)))
    expect(body.items.map(textOf)).toEqual(expected)
    expect(body.next).toBeNull()
  })

  test.each([1, 2])('continues after %d', async (limit) => {
    const base = `/v1/${path}${path.includes('?') ? '&' : '?'}limit=${limit}`.replace(/&limit=1(?=&)/, '')
    const listed: string[] = []
    let after: string | null = ''
    for (let pages = 0; after !== null; pages++) {
      expect(pages).toBeLessThanOrEqual(expected.length)
      const target: string = path.includes('limit=') ? `/v1/${path}&after=${after}` : `${base}&after=${after}`
      const body: z.infer<typeof items> = items.parse(expectJson(target, await api.request(target)))
      expect(body.items.length).toBeLessThanOrEqual(limit)
      listed.push(...body.items.map(textOf))
      after = body.next
    }
    expect(listed).toEqual(expected)
  })
})

test('an instance has its head and the first pages of its lists', async () => {
  const lists = ['operations', 'launches', 'deletes', 'exists']
  const body = z.looseObject({}).parse(expectJson(`/v1/instances/${web}`, await api.request(`/v1/instances/${web}`)))
  for (const list of lists) {
    expect(JSON.parse((await api.request(`/v1/instances/${web}/${list}`)).text)).toEqual(body[list])
  }
  expect(body).toMatchObject({
    ...{ instance: web, tenant: '5000', user_id: 'u-1', host: null, deployment: 'west', state: 'resized' },
    ...{ task_state: 'resize_finish', flavor: 'm1', image: 'cirros', updated_at: '2026-11-20T11:14:11.715400Z' },
    ...{ launched_at: '2026-11-20T08:00:00.000000Z', deleted_at: '2026-11-20T08:00:00.000005Z' },
  })
})

test('a request has its operations, and its notifications in pages, oldest first', async () => {
  const shape = z.object({
    operations: z.array(z.object({ id: z.number() })),
    notifications: z.object({
      items: z.array(z.object({ service: z.string(), id: z.number() })),
      next: z.string().nullable(),
    }),
  })
  const listed: string[] = []
  let after: string | null = ''
  while (after !== null) {
    const path: string = `/v1/requests/${create}?limit=2&after=${after}`
    const body: z.infer<typeof shape> = shape.parse(expectJson(path, await api.request(path)))
    expect(body.operations.map(({ id }) => id)).toEqual([1, 3])
    listed.push(...body.notifications.items.map(({ service, id }) => `${service} ${id}`))
    after = body.notifications.next
  }
  expect(listed).toEqual(['generic 20', 'generic 21', 'glance 20', 'nova 20', 'nova 21'])
})

test('the original JSON keeps its digits', async () => {
  expect((await api.request('/v1/notifications/nova/1')).text).toMatch(
    /,"body":\{"b":12345678901234567890,"a":1.10\}\}$/,
  )
  expect((await api.request('/v1/reports/1')).text).toMatch(/,"report":\[ \{"total": 12345678901234567890\} \]\}$/)
})

test('the system has the backlog and the time from which data is kept', async () => {
  await database.db.pool.query('analyze')
  expect(expectJson('/v1/system', await api.request('/v1/system'))).toMatchObject({
    now: '2026-11-20T12:00:00.250000Z',
    rejected: 0,
    backlog: { instance: 0, image: 0, request: 0, oldest: null },
    unpublished: 0,
    kept_since: { nova: '2026-11-20T00:00:00.000000Z' },
  })
})

test('the cases cover all resources', () => {
  const covered = [...v1Cases, ...v1ListCases].map(({ path }) => path.split('?')[0] ?? '')
  const others = ['instances/x', 'requests/x', 'system']
  for (const { path } of resources) {
    const regex = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
    expect([...covered, ...others]).toContainEqual(expect.stringMatching(regex))
  }
})

describe.each(paths)('/v1/$path', ({ path }) => {
  test('answers GET and HEAD, with and without the trailing slash', async () => {
    const get = await api.request(`/v1/${path}`)
    expectJson(`/v1/${path}`, get)
    const [resource, query = ''] = path.split('?')
    expect((await api.request(`/v1/${resource}/?${query}`)).text).toBe(get.text)
    const head = await api.request(`/v1/${path}`, 'HEAD')
    const perRequest = { date: '', 'x-request-id': '' }
    expect(head).toMatchObject({ status: 200, text: '' })
    expect({ ...head.headers, ...perRequest }).toEqual({ ...get.headers, ...perRequest })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('rejects %s', async (method) => {
    const reply = await api.request(`/v1/${path}`, method)
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(JSON.parse(reply.text)).toEqual({
      ...{ type: 'about:blank', title: 'Method Not Allowed', status: 405 },
      detail: `${method} is not allowed here`,
    })
  })

  test('rejects an unknown parameter', async () => {
    await expectProblem(
      `/v1/${path}${path.includes('?') ? '&' : '?'}nope=1`,
      400,
      'Bad Request',
      'There is no such parameter',
      {
        parameters: [{ name: 'nope', detail: 'There is no such parameter' }],
      },
    )
  })
})

test('all invalid parameters are named', async () => {
  const reply = await api.request('/v1/notifications?limit=1001&from=x&errors=2&service=x&instance=x&event=a&event=b')
  const { parameters } = z
    .object({ parameters: z.array(z.object({ name: z.string(), detail: z.string() })) })
    .parse(expectJson('/v1/notifications', reply, 400))
  expect(Object.fromEntries(parameters.map(({ name, detail }) => [name, detail]))).toEqual({
    limit: 'limit must be a whole number from 1 to 1000',
    from: 'from must be a time in ISO 8601, such as 2026-11-20T11:00:00Z or 2026-11-20',
    errors: 'errors must be true or false',
    service: 'service must be one of nova, glance, generic',
    instance: 'x is not uuid-like',
    event: 'event must not be repeated',
  })
})

test.each([
  [`instances/${create.slice(4)}`, `There is no instance ${create.slice(4)}`],
  ['instances/x', 'x is not uuid-like'],
  [`requests/req-${web}`, `There is no request req-${web}`],
  ['notifications/nova/999', 'There is no nova notification 999'],
  ['notifications/cinder/1', 'service must be one of nova, glance, generic'],
  ['reports/99999999999999999999', 'There is no report 9007199254740991'],
  ['timings/nope', 'No operation nope has finished'],
  ['nope', 'There is no resource at /v1/nope'],
  ['', 'There is no resource at /v1/'],
])('/v1/%s is not found', (path, detail) => expectProblem(`/v1/${path}`, 404, 'Not Found', detail))

test('a URL with invalid percent-encoding is a problem', () =>
  expectProblem('/v1/system?x=%zz', 400, 'Bad Request', 'The URL is not properly percent-encoded UTF-8'))

describe('cursors', () => {
  const rejected = async (list: string, after: string) => {
    const detail = 'after must be `next` of an answer of this list'
    await expectProblem(`/v1/${list}?after=${encodeURIComponent(after)}`, 400, 'Bad Request', detail, {
      parameters: [{ name: 'after', detail }],
    })
  }
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const lists = [...new Set(v1ListCases.map(({ path }) => path.split('?')[0] ?? ''))]

  test.each(lists)('of other lists, and others than those of an answer, are rejected by %s', async (list) => {
    const foreign = list === 'reports' ? 'failures' : 'reports'
    for (const after of [
      ...['x', '=', 'e30', 'bnVsbA', '\u20ac', 'a'.repeat(5000), encoded({}), encoded([1, 1]), encoded(null)],
      ...[1, 'x', [], [1], [1, 2, 3, 4], ['1', 1], [1.5, 1], [1, -1], [1e300, 1], [null, null], { a: 1 }].flatMap(
        (place) => [{ list: foreign, place }, { list: 'notifications', place }, { place }].map(encoded),
      ),
      `${encoded({ list: foreign, place: [1, 1] })}`,
    ]) {
      await rejected(list, after)
    }
  })

  test('with a text that PostgreSQL cannot store are rejected', async () => {
    await rejected('usage', encoded({ list: 'usage', place: 'a\0' }))
    await rejected('usage/missing', encoded({ list: 'missing', place: [1, 'a\0', 1] }))
  })

  test('that were changed in any character are rejected, or continue elsewhere in the same list', async () => {
    const { next } = items.parse(JSON.parse((await api.request('/v1/notifications?limit=3')).text))
    const cursor = next ?? ''
    for (let index = 0; index < cursor.length; index++) {
      for (const character of ['A', '_', 'z', '.']) {
        const after = `${cursor.slice(0, index)}${character}${cursor.slice(index + 1)}`
        const reply = await api.request(`/v1/notifications?after=${after}`)
        expect([200, 400]).toContain(reply.status)
        expectJson('/v1/notifications', reply, reply.status)
      }
    }
    await rejected('notifications', `${cursor}A`)
    await rejected('notifications', cursor.slice(0, -1))
  })

  test('of random text are rejected', () =>
    fc.assert(
      fc.asyncProperty(fc.fullUnicodeString({ minLength: 1, maxLength: 60 }), async (text) => {
        fc.pre(!text.includes('\0'))
        await rejected('failures/list', text)
      }),
      { numRuns: 50 },
    ))
})

describe('with tokens', () => {
  const [all, own, other] = [newToken([]), newToken(['5000']), newToken(['7777', '9000'])]
  const { tokens } = parseTokens([all.line, own.line, other.line].join('\n'))
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  let secured: Api

  beforeAll(async () => {
    secured = await startApi(database.db, undefined, { admission: { tokens: () => tokens } })
  })

  afterAll(() => secured?.stop())

  test.each([...paths.map(({ path }) => `/v1/${path}`), '/v1/nope', '/openapi.json'])(
    '%s requires a valid token',
    async (path) => {
      for (const [headers, challenge, detail] of [
        [{}, 'Bearer realm="stacktach"', 'A token is required: Authorization: Bearer <token>'],
        [bearer('x'), 'Bearer realm="stacktach", error="invalid_token"', 'The token is invalid'],
        [{ cookie: 'stacktach=x' }, 'Bearer realm="stacktach", error="invalid_token"', 'The token is invalid'],
      ] as const) {
        const reply = await secured.request(path, 'GET', headers)
        expect(reply.headers).toMatchObject({
          'www-authenticate': challenge,
          'content-type': 'application/problem+json',
        })
        expect(JSON.parse(reply.text)).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401, detail })
      }
      const status = path === '/v1/nope' ? 404 : 200
      expect((await secured.request(path, 'GET', bearer(all.token))).status).toBe(status)
      expect((await secured.request(path, 'GET', { cookie: `a=b; stacktach=${all.token}` })).status).toBe(status)
      // A session does not allow more than to read.
      if (status === 200) {
        expect((await secured.request(path, 'POST', { cookie: `stacktach=${all.token}` })).status).toBe(405)
      }
    },
  )

  test.each(paths)('$path: a token of another tenant has no access', async ({ path, access }) => {
    const reply = await secured.request(`/v1/${path}`, 'GET', bearer(other.token))
    const isForbidden = access === 'all' || path.startsWith('usage')
    expect(reply.status).toBe(isForbidden ? 403 : 404)
    expect(reply.text).not.toContain('5000')
    if (isForbidden) {
      expect(JSON.parse(reply.text)).toMatchObject({
        detail: 'The token is limited to the instances, requests and usage of its own tenants',
      })
      return
    }
    // The same as for an id that does not exist.
    const unknown = path.replace(web, volumeOnly.replace('aaaa', 'bbbb')).replace(resize, `req-${old}`)
    const missing = await secured.request(`/v1/${unknown}`, 'GET', bearer(other.token))
    const generalized = (text: string) => text.replaceAll(/(req-)?[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    expect(generalized(missing.text)).toBe(generalized(reply.text))
  })

  test.each(paths)('$path: a token of the tenant has access to its own', async ({ path, access }) => {
    const reply = await secured.request(`/v1/${path}`, 'GET', bearer(own.token))
    expect(reply.status).toBe(access === 'all' ? 403 : 200)
    if (access === 'tenant') expect(reply.text).toBe((await api.request(`/v1/${path}`)).text)
  })

  test('a request that touches instances of two tenants shows each its own part', async () => {
    const path = `/v1/requests/${create}`
    const shown = async (token: string) => {
      const reply = await secured.request(path, 'GET', bearer(token))
      const body = z
        .object({
          operations: z.array(z.object({ tenant: z.string().nullable() })),
          notifications: z.object({ items: z.array(z.object({ tenant: z.string().nullable() })) }),
        })
        .parse(expectJson(path, reply))
      return new Set([...body.operations, ...body.notifications.items].map(({ tenant }) => tenant))
    }
    expect(await shown(all.token)).toEqual(new Set(['5000', '6000', '9000']))
    expect(await shown(own.token)).toEqual(new Set(['5000']))
    expect(await shown(other.token)).toEqual(new Set(['9000']))
  })

  test('a tenant sees a dropped instance by its launches, but none of an unknown owner', async () => {
    expect((await secured.request(`/v1/instances/${old}`, 'GET', bearer(own.token))).status).toBe(200)
    expect((await secured.request(`/v1/instances/${volumeOnly}`, 'GET', bearer(own.token))).status).toBe(404)
    expect((await secured.request(`/v1/instances/${worker}`, 'GET', bearer(own.token))).status).toBe(404)
  })

  test('the parameters do not give access to another tenant', async () => {
    for (const path of ['notifications?tenant=5000', 'usage?tenant=5001', 'usage?tenant=5000%20']) {
      expect((await secured.request(`/v1/${path}`, 'GET', bearer(own.token))).status).toBe(403)
    }
    // Without the parameter, the answer is limited to the tenants of the token.
    const reply = await secured.request('/v1/usage', 'GET', bearer(own.token))
    expect(reply.text).toBe((await api.request('/v1/usage?tenant=5000')).text)
    expect(reply.text).toContain(web)
    const csv = await secured.request('/v1/usage?format=csv', 'GET', bearer(other.token))
    expect(csv).toMatchObject({ status: 200, text: expect.not.stringContaining('5000') })
  })
})

test('a query that times out, and an unavailable database, are problems', async () => {
  const db = openDatabase({ url: database.url, applicationName: 'slow', statementTimeout: 200, readOnly: true })
  const slow = await startApi(db)
  const locker = await database.db.pool.connect()
  try {
    await locker.query('begin')
    await locker.query('lock table notification_nova in access exclusive mode')
    const reply = await slow.request('/v1/notifications?host=x')
    expect(expectJson('/v1/notifications', reply, 503)).toMatchObject({
      detail: 'The database query timed out: request fewer rows or a shorter period',
    })
  } finally {
    await locker.query('rollback')
    locker.release()
    await slow.stop()
    await db.close()
  }
  const none = openDatabase({ url: 'postgres://postgres@127.0.0.1:1/', applicationName: 'unavailable' })
  const unavailable = await startApi(none)
  try {
    for (const { path } of paths) {
      const reply = await unavailable.request(`/v1/${path}`)
      expect(expectJson(`/v1/${path}`, reply, 503)).toMatchObject({ detail: 'The database is unavailable' })
    }
  } finally {
    await unavailable.stop()
    await none.close()
  }
})

test('the OpenAPI document is served', async () => {
  const reply = await api.request('/openapi.json')
  expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } })
  expect(JSON.parse(reply.text)).toMatchObject({ openapi: '3.1.1' })
  expect((await api.request('/openapi.json', 'HEAD')).text).toBe('')
  expect((await api.request('/openapi.json', 'POST')).status).toBe(405)
})
