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

function expectError({ status, headers, text }: Reply, expected: number, reason: string, message: unknown) {
  expect(status).toBe(expected)
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
    '/healthz/x',
  ]

  test.each(paths)('%s requires a valid token', async (path) => {
    for (const method of ['GET', 'POST']) {
      const without = await api.request(path, method)
      expectError(without, 401, 'Unauthorized', 'A token is required: Authorization: Bearer <token>')
      expect(without.headers['www-authenticate']).toBe('Bearer realm="stacktach"')
      const invalid = [
        ...['', 'x', all.token.slice(0, -1), `${all.token}x`, next.token, all.line].map((token) => `Bearer ${token}`),
        all.token,
        `Basic ${Buffer.from(`stacktach:${all.token}`).toString('base64')}`,
        `Bearer ${all.token}, Bearer ${all.token}`,
        `Bearer ${'a'.repeat(8000)}`,
      ]
      for (const authorization of invalid) {
        const reply = await api.request(path, method, { authorization })
        expectError(reply, 401, 'Unauthorized', 'The token is invalid')
        expect(reply.headers['www-authenticate']).toBe('Bearer realm="stacktach", error="invalid_token"')
      }
    }
  })

  test.each(health.map(({ path }) => `/${path}`))('%s requires no token', async (path) => {
    expect((await api.request(path)).status).toBe(200)
  })

  test('a token gives access to all paths', async () => {
    expect((await api.request('/stacky/deployments', 'GET', bearer(all.token))).status).toBe(200)
    expect((await api.request('/stacky/deployments', 'GET', { authorization: `bearer  ${all.token}` })).status).toBe(
      200,
    )
    expect((await api.request('/stacky/nope', 'GET', bearer(all.token))).status).toBe(404)
    expect((await api.request('/stacky/kpi/5000', 'GET', bearer(all.token))).status).toBe(200)
  })

  test('a token limited to tenants gives access to the kpi of these tenants only', async () => {
    const request = (path: string) => api.request(`/stacky/${path}`, 'GET', bearer(limited.token))
    expect((await request('kpi/5000')).status).toBe(200)
    expect((await request('kpi/5000/?tenant=5001')).status).toBe(200)
    // The tenant does not exist, but the token has access to it.
    expect((await request('kpi/a%2Fb')).status).toBe(404)
    const forbidden = endpoints.map(({ path }) => path.replace(/:\w+/, '1'))
    for (const path of [...forbidden, 'kpi/5001', 'kpi?tenant=5000', 'kpi/500', 'kpi/5000%00', 'kpi/5000%20', 'nope']) {
      expectError(await request(path), 403, 'Forbidden', 'The token is limited to kpi/<tenant> of its own tenants')
    }
  })

  test('a session of the pages gives access to the interface, too', async () => {
    const request = (cookie: string) => api.request('/stacky/events', 'GET', { cookie })
    expect((await request(`stacktach=${all.token}`)).status).toBe(200)
    expect((await request(`stacktach=${limited.token}`)).status).toBe(403)
    expectError(await request('stacktach=x'), 401, 'Unauthorized', 'The token is invalid')
    // The cookie of HTTPS is not accepted over HTTP.
    expect((await request(`__Host-stacktach=${all.token}`)).status).toBe(401)
  })

  test.each([
    ['/', 401, 'Sign in'],
    ['/nope', 401, 'Sign in'],
    ['/%zz', 400, 'The URL is not properly percent-encoded UTF-8'],
  ])("%s is outside of the interface's paths: the error is a page", async (path, status, message) => {
    const { status: actual, headers, text } = await api.request(path)
    expect(actual).toBe(status)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(text).toContain(message)
  })

  test('can change while the api runs', async () => {
    const statusWith = async (token: string) => (await api.request('/stacky/events', 'GET', bearer(token))).status
    expect(await statusWith(next.token)).toBe(401)
    const before = tokens
    tokens = [...before, ...parseTokens(next.line).tokens]
    expect([await statusWith(all.token), await statusWith(next.token)]).toEqual([200, 200])
    tokens = parseTokens(next.line).tokens
    expect([await statusWith(all.token), await statusWith(next.token)]).toEqual([401, 200])
    tokens = before
  })
})

describe('with a rate limit', () => {
  test('requests beyond it get 429, per client', async () => {
    const api = await startApi(database.db, undefined, { admission: { requestsPerMinute: 3, proxies: 1 } })
    try {
      // Behind one proxy, only the last address counts: the proxy adds it, the others are from the client.
      const from = (address: string) => ({ 'x-forwarded-for': `${Math.random()}, 192.0.2.1, ${address}` })
      const statuses = async (address: string, times: number) => {
        const replies: number[] = []
        for (let count = 0; count < times; count++) {
          replies.push((await api.request('/stacky/events', 'GET', from(address))).status)
        }
        return replies
      }
      expect(await statuses('203.0.113.1', 4)).toEqual([200, 200, 200, 429])
      expect(await statuses('203.0.113.2', 2)).toEqual([200, 200])
      const reply = await api.request('/stacky/nope', 'GET', from('203.0.113.1'))
      expectError(reply, 429, 'Too Many Requests', 'More than 3 requests per minute: retry later')
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(60)
      expect((await api.request('/healthz', 'GET', from('203.0.113.1'))).status).toBe(200)
    } finally {
      await api.stop()
    }
  })

  test('behind a proxy, its protocol decides about the session cookie', async () => {
    const cookieWith = async (proxies: number) => {
      const api = await startApi(database.db, undefined, { admission: { proxies } })
      const forwarded = { 'x-forwarded-proto': 'https', 'sec-fetch-site': 'same-origin' }
      const { headers } = await api.request('/sign-out', 'POST', forwarded)
      await api.stop()
      return headers['set-cookie']?.[0]
    }
    expect(await cookieWith(1)).toMatch(/^__Host-stacktach=; .*Secure/)
    expect(await cookieWith(0)).toMatch(/^stacktach=; (?!.*Secure)/)
  })

  test('without a proxy, the forwarding headers of a client are ignored', async () => {
    const api = await startApi(database.db, undefined, { admission: { requestsPerMinute: 3 } })
    try {
      const replies: number[] = []
      for (let count = 0; count < 5; count++) {
        const headers = { 'x-forwarded-for': `203.0.113.${count}`, forwarded: `for=203.0.113.${count}` }
        replies.push((await api.request('/stacky/events', 'GET', headers)).status)
      }
      expect(replies).toEqual([200, 200, 200, 429, 429])
    } finally {
      await api.stop()
    }
  })

  test('it applies to requests with invalid tokens', async () => {
    const { tokens } = parseTokens(newToken([]).line)
    const api = await startApi(database.db, undefined, { admission: { tokens: () => tokens, requestsPerMinute: 2 } })
    try {
      const guess = async () => (await api.request('/stacky/events', 'GET', { authorization: 'Bearer guess' })).status
      expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429])
    } finally {
      await api.stop()
    }
  })
})

test('all responses have security headers for browsers', async () => {
  const api = await startApi(database.db)
  try {
    for (const path of ['/stacky/events', '/stacky/nope', '/healthz', '/stacky/%zz']) {
      const { headers } = await api.request(path)
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
