import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase } from '@stacktach/db'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { pages } from './pages/index.ts'
import { examples, recognized } from './testkit/examples.ts'
import { createWeb, fillDatabase, HOSTILE, web, worker } from './testkit/fillDatabase.ts'
import { type PageReply, type PageServer, startPages } from './testkit/startPages.ts'

let testDatabase: TestDatabase
let db: Database
let server: PageServer

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'pages test' })
  await fillDatabase(db)
  server = await startPages(db)
})

afterAll(async () => {
  await server?.stop()
  await db?.close()
  await testDatabase?.drop()
})

const get = (path: string) => server.request(path)

test('every page has examples', () => {
  expect(Object.keys(examples).sort()).toEqual(pages.map(({ path }) => path).sort())
})

/** Expects a complete document that runs no text of a notification, and needs nothing that the policy forbids. */
function expectDocument({ headers, text }: PageReply) {
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(text)),
  })
  expect(text).toMatch(/^<!doctype html><html lang="en">.*<\/html>$/s)
  expect(text).toMatch(/<title>[^<]+ · StackTach<\/title>/)
  expect(text.match(/<h1[ >]/g)).toHaveLength(1)
  expect(text).not.toContain('<img')
  expect(attributesOf(text).filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
  expect(text.match(/<script[^>]*>[^<]*<\/script>/g)?.every((script) => / src="\/assets\//.test(script))).toBe(true)
  expect(text).not.toMatch(/<style|javascript:|\[object Object\]|\bundefined\b|\bNaN\b|Infinity/)
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
}

const TAG = /<(?:\/[\w-]+|!doctype html|[\w-]+((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?)>/g

/** The names of all attributes. Every `<` of the document must begin a tag. */
function attributesOf(text: string): string[] {
  expect(text.replaceAll(TAG, '').match(/.{0,40}<.{0,40}/)).toBeNull()
  return [...text.matchAll(TAG)].flatMap(([, list = '']) =>
    [...list.matchAll(/\s+([\w:-]+)(?:="[^"]*")?/g)].map(([, name = '']) => name),
  )
}

describe.each(Object.entries(examples))('%s', (_, paths) => {
  test.each(paths)('%s', async (path) => {
    const reply = await get(path)
    expect(reply.status).toBe(200)
    expectDocument(reply)
    expect(reply.text).toContain('data-find')
    const head = await server.request(path, { method: 'HEAD' })
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', reply.headers['content-length']])
    expect((await server.request(path, { method: 'POST' })).status).toBe(405)
  })
})

describe('an instance', () => {
  test('shows its head, operations with attempts, launches, exists with verdicts, and notifications', async () => {
    const { text } = await get(`/instances/${web}`)
    expect(text).toContain(`<h1>${HOSTILE.replace('<', '&lt;')}</h1>`)
    expect(text).toContain('attempt 1 of 2')
    expect(text).toContain(`No space ${HOSTILE.replace('<', '&lt;')}`)
    expect(text).toMatch(/aria-label="compute\.instance\.reboot, open, since 2026-11-20 12:30:00\.250000 UTC, open"/)
    expect(text).toContain('contradicted')
    expect(text).toContain('Launched')
    // Thirty minutes passed between the create and the reboot.
    expect(text).toMatch(/‖ 29 min ‖/)
    expect(text).toContain(`/requests/${createWeb}`)
  })

  test('links each error to the failures around it', async () => {
    const { text } = await get(`/instances/${web}`)
    const links = [...text.matchAll(/ href="(\/failures\?error=[^"]*)"/g)].map(
      ([, href = '']) => new URL(href.replaceAll('&amp;', '&'), server.origin),
    )
    // In the timeline and in the table.
    expect(links).toHaveLength(2)
    for (const { searchParams } of links) {
      expect(Object.fromEntries(searchParams)).toEqual({
        error: expect.stringContaining('No space'),
        from: '2026-11-19T12:00:08.250000Z',
        until: '2026-11-21T12:00:08.250000Z',
      })
    }
    const [first] = links
    expect((await get(`${first?.pathname}${first?.search}`)).text).toContain('1 failed attempts in this period')
  })

  test('hides updates, says how many, and shows them on request', async () => {
    const hidden = await get(`/instances/${web}`)
    expect(hidden.text).toContain('Show 2 hidden updates and counterparts')
    expect(hidden.text).not.toContain('>compute.instance.update<')
    expect(hidden.text.match(/>compute\.instance\.create\.end</g)).toHaveLength(1)
    const shown = await get(`/instances/${web}?noise=1`)
    expect(shown.text).toContain('Hide 2 updates and counterparts')
    expect(shown.text).toContain('>compute.instance.update<')
    expect(shown.text.match(/>compute\.instance\.create\.end</g)).toHaveLength(2)
  })

  test('that was deleted shows its lifetime', async () => {
    const { text } = await get(`/instances/${worker}`)
    expect(text).toContain('Lifetime')
    expect(text).toMatch(/1 min 30 s/)
  })

  test.each([
    [`/instances/${createWeb.replace('req-', '')}`, `There is no instance ${createWeb.replace('req-', '')}`],
    ['/instances/nope', 'nope is not uuid-like'],
    ['/requests/req-nope', 'There is no request req-nope'],
    ['/notifications/nova/999', 'There is no nova notification 999'],
    ['/notifications/cinder/1', 'service must be one of nova, glance, generic'],
    ['/nope', 'There is no page at /nope'],
    ['/sign-in/x', 'There is no page at /sign-in/x'],
  ])('%s is not found', async (path, message) => {
    const reply = await get(path)
    expect(reply.status).toBe(404)
    expectDocument(reply)
    expect(reply.text).toContain(message)
  })

  test.each(['operations_before=1', 'notifications_before=1-nova', 'exists_before=x'])(
    '%s is refused',
    async (query) => {
      const reply = await get(`/instances/${web}?${query}`)
      expect(reply.status).toBe(400)
      expect(reply.text).toContain('the cursor is invalid: start from the first page')
    },
  )
})

test.each(['//evil.example/x', '///evil.example', '/\\evil.example/x'])('%s links to no other server', async (path) => {
  const { status, text } = await get(path)
  expect(status).toBe(404)
  const links = [...text.matchAll(/ (?:href|action)="([^"]*)"/g)].map(([, href = '']) => href)
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) expect(new URL(link, server.origin).origin).toBe(server.origin)
})

test('the live page leads to a search with the same filters', async () => {
  const { text } = await get('/live?service=nova&deployment=east&event=a&errors=1')
  expect(text).toContain('href="/search?service=nova&amp;deployment=east&amp;event=a&amp;errors=1"')
})

test('a request shows its parts across services and the time between them', async () => {
  const { text } = await get(`/requests/${createWeb}`)
  for (const part of ['scheduler.select_destinations', 'image.send', 'port.create']) expect(text).toContain(part)
  expect(text).toContain('after 2.00 s without activity')
  expect(text).toContain('href="/notifications/glance/1"')
})

test('a notification shows its fields, neighbours and content', async () => {
  const { text } = await get('/notifications/nova/2')
  expect(text).toMatch(/← scheduler\.select_destinations\.start/)
  expect(text).toMatch(/compute\.instance\.update →/)
  expect(text).toContain('data-path=".payload.display_name"')
  expect(text).toContain('data-path=".payload.metadata[&quot;&lt;img src=x onerror=alert(1)>&quot;]"')
})

describe('find', () => {
  test.each(recognized)('%j leads to %s', async (text, location) => {
    const { status, headers } = await get(`/find?q=${encodeURIComponent(text)}`)
    expect([status, headers.location]).toEqual([303, location])
  })

  test('keeps the choice of times', async () => {
    const { headers } = await get(`/find?q=${web}&times=local`)
    expect(headers.location).toBe(`/instances/${web}?times=local`)
  })

  test('lists several meanings, and says when there are none', async () => {
    const { text } = await get('/find?q=reboot')
    expect(text).toContain('/search?service=nova&amp;event=compute.instance.reboot.start')
    expect((await get('/find?q=zzz')).text).toContain('Nothing stored has this name')
  })
})

test('links keep the choice of times', async () => {
  const { text } = await get(`/instances/${web}?times=elapsed`)
  const links = [...text.matchAll(/ href="(\/(?:instances|requests|notifications|search)[^"]*)"/g)].map(
    ([, href]) => href,
  )
  const switches = links.filter((href) => href?.startsWith(`/instances/${web}`))
  expect(links.length - switches.length).toBeGreaterThan(20)
  for (const href of links) if (!switches.includes(href)) expect(href).toContain('times=elapsed')
  expect(text).toMatch(/\+\d/)
})

test('assets are compressed, kept by browsers, and named in every page', async () => {
  const { text } = await get('/find')
  const paths = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(paths).toHaveLength(3)
  let total = 0
  for (const path of paths) {
    const compressed = await server.request(path, { headers: { 'accept-encoding': 'gzip, br' } })
    expect(compressed).toMatchObject({
      status: 200,
      headers: { 'content-encoding': 'gzip', 'cache-control': 'public, max-age=31536000, immutable' },
    })
    total += Number(compressed.headers['content-length'])
    const { headers, text } = await server.request(path)
    expect(headers).not.toHaveProperty('content-encoding')
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
  }
  expect(total).toBeLessThan(20_000)
})
