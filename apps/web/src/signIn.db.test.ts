import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase } from '@stacktach/db'
import { newToken, parseTokens, type Token } from '@stacktach/runtime'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { pages } from './pages/index.ts'
import { examples } from './testkit/examples.ts'
import { createWeb, createWorker, fillDatabase, MESSAGE_ID, web, worker } from './testkit/fillDatabase.ts'
import { type PageServer, startPages } from './testkit/startPages.ts'

const [all, limited] = [newToken([]), newToken(['5000', '7000'])]
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

let testDatabase: TestDatabase
let db: Database
let tokens: readonly Token[] | null
let plain: PageServer
let secure: PageServer

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'pages test' })
  await fillDatabase(db)
  tokens = parseTokens([all.line, limited.line].join('\n')).tokens
  plain = await startPages(db, { tokens: () => tokens })
  secure = await startPages(db, { tokens: () => tokens, tls: true })
})

afterAll(async () => {
  await plain?.stop()
  await secure?.stop()
  await db?.close()
  await testDatabase?.drop()
})

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

function signIn(server: PageServer, token: string, next: string, headers = {}) {
  return server.request('/sign-in', { method: 'POST', form: { token, next }, headers: { ...SAME_ORIGIN, ...headers } })
}

/** The name and value of a response's cookie, as a browser sends it. */
function cookieOf(setCookie: string[] | undefined): string {
  return setCookie?.[0]?.split(';')[0] ?? ''
}

describe.each([
  ['HTTP', () => plain, 'stacktach', 'Path=/; HttpOnly; SameSite=Strict'],
  ['HTTPS', () => secure, '__Host-stacktach', 'Path=/; HttpOnly; SameSite=Strict; Secure'],
])('over %s', (_, server, name, attributes) => {
  test('a page without a session is the form, which leads back to it', async () => {
    const path = `/instances/${web}?noise=1`
    const { status, headers, text } = await server().request(path)
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Bearer realm="stacktach"')
    expect(text).toContain('<form method="post" action="/sign-in"')
    expect(text).toContain(`name="next" value="${path}"`)
    expect(text).not.toContain(web.slice(0, 8).concat(' '))
    expect(text).not.toContain('data-find')
    expect(text).not.toContain('http-equiv="refresh"')
  })

  test('a token opens a session, and signing out ends it', async () => {
    const signedIn = await signIn(server(), all.token, `/instances/${web}`)
    expect(signedIn).toMatchObject({
      status: 303,
      headers: { location: `/instances/${web}`, 'cache-control': 'no-store' },
    })
    expect(signedIn.headers['set-cookie']).toEqual([`${name}=${all.token}; ${attributes}`])
    const cookie = cookieOf(signedIn.headers['set-cookie'])
    const page = await server().request(`/instances/${web}`, { headers: { cookie: `other=1; ${cookie}` } })
    expect(page.status).toBe(200)
    expect(page.text).toContain('Sign out')
    const signedOut = await server().request('/sign-out', { method: 'POST', headers: { ...SAME_ORIGIN, cookie } })
    expect(signedOut).toMatchObject({ status: 303, headers: { location: '/' } })
    expect(signedOut.headers['set-cookie']).toEqual([`${name}=; ${attributes}; Max-Age=0`])
  })

  test('an invalid token shows the form again, and opens no session', async () => {
    for (const token of ['', 'wrong', `${all.token}x`, all.line, 'a\nb', '\0', 'x'.repeat(5_000)]) {
      const { status, headers, text } = await signIn(server(), token, '/find?q=a')
      expect(status).toBe(401)
      expect(headers).not.toHaveProperty('set-cookie')
      expect(text).toContain('The token is invalid')
      expect(text).toContain('value="/find?q=a"')
    }
  })

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': undefined, origin: 'null' }],
    [{ 'sec-fetch-site': undefined }],
  ])('a form with %j is refused', async (headers) => {
    const defined = Object.fromEntries(Object.entries({ ...SAME_ORIGIN, ...headers }).filter(([, value]) => value))
    for (const path of ['/sign-in', '/sign-out']) {
      const reply = await server().request(path, { method: 'POST', form: { token: all.token }, headers: defined })
      expect(reply.status).toBe(403)
      expect(reply.headers).not.toHaveProperty('set-cookie')
    }
  })

  test('a form of an older browser is accepted by its Origin', async () => {
    const headers = { origin: server().origin }
    const reply = await server().request('/sign-in', { method: 'POST', form: { token: all.token, next: '/' }, headers })
    expect(reply.status).toBe(303)
  })

  test('the session leads to pages of this server only', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '']) {
      expect((await signIn(server(), all.token, next)).headers.location).toBe('/')
    }
  })

  test('the cookie of the other protocol is not accepted', async () => {
    const other = name === 'stacktach' ? '__Host-stacktach' : 'stacktach'
    expect((await server().request('/find', { headers: { cookie: `${other}=${all.token}` } })).status).toBe(401)
  })
})

test('the session ends when its token is removed', async () => {
  const cookie = `stacktach=${all.token}`
  expect((await plain.request('/find', { headers: { cookie } })).status).toBe(200)
  const before = tokens
  tokens = parseTokens(limited.line).tokens
  const { status, text } = await plain.request('/find', { headers: { cookie } })
  expect([status, text.includes('Sign in')]).toEqual([401, true])
  tokens = before
})

test('after a link of another site the page loads itself again, so that the browser sends the cookie', async () => {
  const navigate = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  const linked = await plain.request('/find', { headers: navigate })
  expect(linked.text).toContain('<meta http-equiv="refresh" content="0"')
  const repeated = await plain.request('/find', { headers: { ...navigate, 'sec-fetch-site': 'same-origin' } })
  expect(repeated.text).not.toContain('http-equiv="refresh"')
})

test('plain HTTP is refused beyond loopback, because the token would be readable', async () => {
  const reply = await signIn(plain, all.token, '/', { host: 'stacktach.example.org' })
  expect(reply.status).toBe(403)
  expect(reply.text).toContain('Signing in needs HTTPS')
  expect(reply.headers).not.toHaveProperty('set-cookie')
})

test('without tokens there is no form', async () => {
  const open = await startPages(db)
  try {
    const { status, text } = await open.request('/find')
    expect([status, text.includes('Sign out')]).toEqual([200, false])
    expect(await signIn(open, 'x', '/find')).toMatchObject({ status: 303, headers: { location: '/find' } })
    expect(await open.request('/sign-in')).toMatchObject({ status: 303, headers: { location: '/' } })
  } finally {
    await open.stop()
  }
})

describe('a token limited to tenants', () => {
  const open = (path: string) => plain.request(path, bearer(limited.token))

  const globalPages = pages.filter(({ access }) => access === 'all')
  const tenantPages = pages.filter(({ access }) => access === 'tenant').map(({ path }) => path)

  test('has exactly these pages', () => {
    expect(tenantPages.filter((path) => path !== '/usage/:tenant').sort()).toEqual([
      '/find',
      '/instances/:uuid',
      '/requests/:id',
    ])
  })

  test.each(globalPages.map(({ path }) => path))('%s is forbidden', async (path) => {
    for (const example of examples[path] ?? []) {
      const { status, headers, text } = await open(example)
      if (path === '/') {
        expect([status, headers.location]).toEqual([303, '/usage/5000'])
        continue
      }
      expect(status).toBe(403)
      expect(text).toContain('The token is limited to the instances, requests and usage of its own tenants')
      // The links that choose how times are shown repeat the request's URL.
      expect(text.replaceAll(/ href="[^"]*"/g, '')).not.toContain(web)
    }
  })

  test('shows its own instances and requests', async () => {
    for (const path of [`/instances/${web}`, `/requests/${createWeb}`]) {
      const { status, text } = await open(path)
      expect(status).toBe(200)
      // Links to pages that it may not open are plain text.
      const hrefs = [...text.matchAll(/<a[^>]* href="([^"]*)"/g)].map(([, href]) => href)
      const allowed = /^(?:#|\/$|\/(?:instances|requests)\/|\/usage\/(?:5000|7000)|\/find)/
      expect(hrefs.filter((href) => !allowed.test(href ?? ''))).toEqual([])
    }
  })

  test('answers for things of other tenants exactly as for unknown ones', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    const pairs = [
      [`/instances/${worker}`, `/instances/${unknown}`],
      [`/requests/${createWorker}`, `/requests/req-${unknown}`],
      [`/find?q=${worker}`, `/find?q=${unknown}`],
      [`/find?q=${createWorker}`, `/find?q=req-${unknown}`],
      ['/find?q=6000', '/find?q=6001'],
      [`/find?q=${MESSAGE_ID}`, `/find?q=${unknown}`],
      ['/find?q=compute-01', '/find?q=compute-99'],
    ] as const
    for (const [foreign, absent] of pairs) {
      const [a, b] = [await open(foreign), await open(absent)]
      const named = (text: string, path: string) => text.replaceAll(path.split(/[/=]/).at(-1) ?? '', 'X')
      expect(a.status).toBe(b.status)
      expect(named(a.text, foreign)).toBe(named(b.text, absent))
    }
  })

  test('finds its own things', async () => {
    expect((await open(`/find?q=${web}`)).headers.location).toBe(`/instances/${web}`)
    expect((await open(`/find?q=${createWeb}`)).headers.location).toBe(`/requests/${createWeb}`)
    expect((await open('/find?q=5000')).headers.location).toBe('/usage/5000')
  })

  test('finds instances by their owner, not by the project of their last notification', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    for (const [instance, tenant] of [
      [web, '6000'],
      [worker, '5000'],
    ]) {
      const { rowCount } = await db.pool.query(
        `update notification_nova set event = 'terminate_instance', tenant = $2
          where (id, "when") = (select notification_id, notification_when from lifecycle where instance = $1)`,
        [instance, tenant],
      )
      expect(rowCount).toBe(1)
    }
    expect((await open(`/find?q=${web}`)).headers.location).toBe(`/instances/${web}`)
    const [foreign, absent] = [await open(`/find?q=${worker}`), await open(`/find?q=${unknown}`)]
    expect(foreign.status).toBe(200)
    expect(foreign.text.replaceAll(worker, 'X')).toBe(absent.text.replaceAll(unknown, 'X'))
  })
})
