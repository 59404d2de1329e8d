import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newToken, parseTokens, type Token } from '@stacktach/runtime'
import { endpoints, health } from './endpoints/index.ts'
import { fillDatabase, web } from './testkit/fixture.ts'
import { type Api, type Reply, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await fillDatabase(database.db)
})

afterAll(() => database?.drop())

function expectRefusal({ status, headers, text }: Reply, wanted: number, reason: string, message: unknown) {
  expect(status).toBe(wanted)
  expect(headers).toMatchObject({ 'content-type': 'text/json; charset=utf-8', vary: 'Accept' })
  expect(JSON.parse(text)).toEqual([
    ['Error', 'Message'],
    [reason, message],
  ])
}

describe('with tokens', () => {
  const [all, next, limited] = [newToken([]), newToken([]), newToken(['5000', 'a/b'])]
  let tokens: readonly Token[] = parseTokens([all.line, limited.line].join('\n')).tokens
  let api: Api

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  beforeAll(async () => {
    api = await startApi(database.db, undefined, { admission: { tokens: () => tokens } })
  })

  afterAll(() => api?.stop())

  const paths = [
    ...endpoints.map(({ path }) => `/stacky/${path.replace(/:\w+/, '1')}`),
    `/stacky/uuid?uuid=${web}`,
    '/stacky/nope',
    '/',
    '/healthz/x',
  ]

  test.each(paths)('%s is shut to whoever has none that is known', async (path) => {
    for (const method of ['GET', 'POST']) {
      const without = await api.ask(path, method)
      expectRefusal(without, 401, 'Unauthorized', 'A token is needed: Authorization: Bearer <token>')
      expect(without.headers['www-authenticate']).toBe('Bearer realm="stacktach"')
      const wrong = [
        ...['', 'x', all.token.slice(0, -1), `${all.token}x`, next.token, all.line].map((token) => `Bearer ${token}`),
        all.token,
        `Basic ${Buffer.from(`stacktach:${all.token}`).toString('base64')}`,
        `Bearer ${all.token}, Bearer ${all.token}`,
        `Bearer ${'a'.repeat(8000)}`,
      ]
      for (const authorization of wrong) {
        const reply = await api.ask(path, method, { authorization })
        expectRefusal(reply, 401, 'Unauthorized', 'The token is not known')
        expect(reply.headers['www-authenticate']).toBe('Bearer realm="stacktach", error="invalid_token"')
      }
    }
  })

  test.each(health.map(({ path }) => `/${path}`))('%s is open to everybody', async (path) => {
    expect((await api.ask(path)).status).toBe(200)
  })

  test('one that is known opens everything', async () => {
    expect((await api.ask('/stacky/deployments', 'GET', bearer(all.token))).status).toBe(200)
    expect((await api.ask('/stacky/deployments', 'GET', { authorization: `bearer  ${all.token}` })).status).toBe(200)
    expect((await api.ask('/stacky/nope', 'GET', bearer(all.token))).status).toBe(404)
    expect((await api.ask('/stacky/kpi/5000', 'GET', bearer(all.token))).status).toBe(200)
  })

  test('one that is limited to tenants opens theirs alone', async () => {
    const ask = (path: string) => api.ask(`/stacky/${path}`, 'GET', bearer(limited.token))
    expect((await ask('kpi/5000')).status).toBe(200)
    expect((await ask('kpi/5000/?tenant=5001')).status).toBe(200)
    // It may ask for a tenant that is not there.
    expect((await ask('kpi/a%2Fb')).status).toBe(404)
    const shut = endpoints.map(({ path }) => path.replace(/:\w+/, '1'))
    for (const path of [...shut, 'kpi/5001', 'kpi?tenant=5000', 'kpi/500', 'kpi/5000%00', 'kpi/5000%20', 'nope', '']) {
      expectRefusal(await ask(path), 403, 'Forbidden', expect.stringMatching(/^The token does not open this/))
    }
  })

  test('they can be changed while it runs', async () => {
    const asked = async (token: string) => (await api.ask('/stacky/events', 'GET', bearer(token))).status
    expect(await asked(next.token)).toBe(401)
    const before = tokens
    tokens = [...before, ...parseTokens(next.line).tokens]
    expect([await asked(all.token), await asked(next.token)]).toEqual([200, 200])
    tokens = parseTokens(next.line).tokens
    expect([await asked(all.token), await asked(next.token)]).toEqual([401, 200])
    tokens = before
  })
})

describe('with a limit of requests', () => {
  test('what is beyond it is a 429, of the same client alone', async () => {
    const api = await startApi(database.db, undefined, { admission: { requestsPerMinute: 3, proxies: 1 } })
    try {
      // Behind one proxy, what the client itself says of where it is does not count.
      const from = (address: string) => ({ 'x-forwarded-for': `${Math.random()}, 192.0.2.1, ${address}` })
      const statuses = async (address: string, times: number) => {
        const found: number[] = []
        for (let count = 0; count < times; count++) {
          found.push((await api.ask('/stacky/events', 'GET', from(address))).status)
        }
        return found
      }
      expect(await statuses('203.0.113.1', 4)).toEqual([200, 200, 200, 429])
      expect(await statuses('203.0.113.2', 2)).toEqual([200, 200])
      const reply = await api.ask('/nope', 'GET', from('203.0.113.1'))
      expectRefusal(reply, 429, 'Too Many Requests', 'More than 3 requests in a minute: ask again later')
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(60)
      expect((await api.ask('/healthz', 'GET', from('203.0.113.1'))).status).toBe(200)
    } finally {
      await api.stop()
    }
  })

  test('without a proxy, what a client says of where it is does not count', async () => {
    const api = await startApi(database.db, undefined, { admission: { requestsPerMinute: 3 } })
    try {
      const found: number[] = []
      for (let count = 0; count < 5; count++) {
        const headers = { 'x-forwarded-for': `203.0.113.${count}`, forwarded: `for=203.0.113.${count}` }
        found.push((await api.ask('/stacky/events', 'GET', headers)).status)
      }
      expect(found).toEqual([200, 200, 200, 429, 429])
    } finally {
      await api.stop()
    }
  })

  test('tokens cannot be guessed faster than it allows', async () => {
    const { tokens } = parseTokens(newToken([]).line)
    const api = await startApi(database.db, undefined, { admission: { tokens: () => tokens, requestsPerMinute: 2 } })
    try {
      const guess = async () => (await api.ask('/stacky/events', 'GET', { authorization: 'Bearer guess' })).status
      expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429])
    } finally {
      await api.stop()
    }
  })
})

test('every answer says what browsers must not do with it', async () => {
  const api = await startApi(database.db)
  try {
    for (const path of ['/stacky/events', '/stacky/nope', '/healthz', '/%zz']) {
      const { headers } = await api.ask(path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'",
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
      })
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  } finally {
    await api.stop()
  }
})
