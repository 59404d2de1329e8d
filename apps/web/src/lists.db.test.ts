import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase } from '@stacktach/db'
import { DAY, HOUR, parseInstant } from '@stacktach/domain'
import { newToken, parseTokens } from '@stacktach/runtime'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { fillDatabase, HOSTILE, NOW, web, worker } from './testkit/fillDatabase.ts'
import { type PageServer, startPages } from './testkit/startPages.ts'

let testDatabase: TestDatabase
let db: Database
let server: PageServer

/** A month with more rows than a page and a batch have. */
const MONTH = parseInstant('2026-10-01 00:00:00') ?? 0
const INSTANCES = 130
const EXISTS_EACH = 31

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'lists test' })
  await fillDatabase(db)
  await db.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
       versioned, tenant, audit_period_beginning, audit_period_ending, status, fail_reason, flavor_name, instance_flavor_id,
       memory_mb, send_status)
     select 1, 'm-' || i || '-' || d, i * 100 + d, $1::bigint + d * $2::bigint, md5(i::text)::uuid::text, 0, 0, false, 'big',
            $1::bigint + (d - 1) * $2::bigint, $1::bigint + d * $2::bigint,
            case when i = 1 then 'failed' else 'verified' end, case when i = 1 then 'no launch: x' end,
            case when i % 2 = 0 then '=cmd|x' else 'small, "odd"' end, (i % 2)::text, 512, 0
       from generate_series(1, $3) i, generate_series(1, $4) d`,
    [MONTH, DAY, INSTANCES, EXISTS_EACH],
  )
  await db.pool.query('analyze')
  server = await startPages(db)
})

afterAll(async () => {
  await server?.stop()
  await db?.close()
  await testDatabase?.drop()
})

const get = (path: string) => server.request(path)
const escaped = HOSTILE.replace('<', '&lt;')

describe('the search', () => {
  test('marks errors, counts them in the chart, and narrows to a bar', async () => {
    const { text } = await get('/search?from=2026-11-20+12:00&until=2026-11-20+13:00')
    expect(text).toMatch(/2026-11-20 12:00:00: \d+ notifications, 1 errors/)
    expect(text.match(/class="badge bad"/g)).toHaveLength(1)
    const [, bar = ''] = /<a href="(\/search\?from=[^"]*)" aria-label="2026-11-20 12:01/.exec(text) ?? []
    const narrowed = await get(bar.replaceAll('&amp;', '&'))
    expect(narrowed.text).toContain('compute.instance.create.start')
    expect(narrowed.text).not.toContain('compute.instance.reboot.start</a>')
  })

  test('only errors', async () => {
    const { text } = await get('/search?errors=1')
    expect(text.match(/<tr data-row/g)).toHaveLength(1)
    expect(text).toContain('compute.instance.create.error')
  })

  test('pages neither repeat nor skip a notification', async () => {
    await db.pool.query(
      `insert into notification_generic (deployment_id, "when", dedup_key, routing_key, publisher, service, host, event,
         request_id, image_type, json)
       select 1, $1::bigint, 'page-' || g, 'x.info', 'p', 'network', 'pages', 'event-' || g, '', 0, '[]'
         from generate_series(1, 250) g`,
      [NOW - HOUR / 2],
    )
    const seen: string[] = []
    let path = '/search?host=pages'
    for (let pages = 0; path !== '' && pages < 5; pages++) {
      const { text } = await get(path)
      seen.push(...[...text.matchAll(/>(event-\d+)</g)].map(([, event = '']) => event))
      path = (/<a href="([^"]*)" rel="next"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
    }
    expect(seen).toHaveLength(250)
    expect(new Set(seen).size).toBe(250)
  })

  test.each([
    ['from=2026-11-21&until=2026-11-20', 'from must be before until'],
    ['from=yesterday', 'from must be a time in UTC such as 2026-11-20 12:00, not yesterday'],
    ['service=cinder', 'service must be one of nova, glance, generic'],
    ['before=1-nova', 'before must be taken from a link'],
    ['errors=yes', 'errors must be 1'],
  ])('%s is refused', async (query, message) => {
    const reply = await get(`/search?${query}`)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(message)
  })
})

describe('usage', () => {
  test('counts audit periods by verdict; each number leads to as many exists', async () => {
    const { text } = await get('/usage')
    const links = [...text.matchAll(/<a href="(\/exists\?[^"]*period=[^"]*)"[^>]*>([\d,]+)<\/a>/g)]
    expect(links.length).toBeGreaterThan(5)
    for (const [, href = '', count = ''] of links.slice(0, 12)) {
      const list = await get(href.replaceAll('&amp;', '&'))
      const rows = list.text.match(/<tr data-row/g)?.length ?? 0
      expect({ href, rows }).toEqual({ href, rows: Math.min(100, Number(count.replace(',', ''))) })
    }
    expect(text).toMatch(/no launch \d/)
    expect(text).toContain('/reports/2#launch_fails')
  })

  test('leads from the form to a tenant', async () => {
    const { status, headers } = await get('/usage?tenant=a%2Fb')
    expect([status, headers.location]).toEqual([303, '/usage/a%2Fb'])
  })

  test('shows contradicted exists', async () => {
    const { text } = await get('/exists?contradicted=1')
    expect(text.match(/<tr data-row/g)).toHaveLength(1)
    expect(text).toContain('was published')
    expect(text).toContain(`flavor mismatch ${escaped}`)
  })
})

describe('the usage of a tenant', () => {
  test('has hours by flavor and instance, and the account', async () => {
    const { text } = await get('/usage/big?month=2026-10')
    const hours = (INSTANCES - 1) * 31 * 24
    expect(text).toContain(`<span class="stat-value">${hours.toLocaleString('en')}</span>`)
    expect(text.match(/<tr id="instance|<a href="\/instances\//g)?.length).toBe(100)
    const own = await get('/usage/5000')
    expect(own.text).toContain(`<h1>${escaped}</h1>`)
  })

  test('has pages of instances', async () => {
    const { text } = await get('/usage/big?month=2026-10&after=100')
    expect(text.match(/<a href="\/instances\//g)).toHaveLength(INSTANCES - 1 - 100)
  })

  test('as CSV has all rows, quoted, without formulas', async () => {
    const { status, headers, text } = await get('/usage/big/hours.csv?month=2026-10')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="hours-big-2026-10.csv"',
      'cache-control': 'no-store',
    })
    const lines = text.split('\r\n')
    expect(lines[0]).toBe('instance,flavor,flavor_name,memory_mb,hours,exists,from,until')
    expect(lines).toHaveLength(1 + INSTANCES - 1 + 1)
    expect(lines.at(-1)).toBe('')
    expect(lines.filter((line) => line.includes(",'=cmd|x,"))).toHaveLength(65)
    expect(lines.filter((line) => line.includes(',"small, ""odd""",512,744,31,'))).toHaveLength(64)
    expect(text).not.toMatch(/(?:^|,)"?=/m)
  })

  test('as JSON has the same rows', async () => {
    const { headers, text } = await get('/usage/big/hours.json?month=2026-10')
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    const rows: unknown[] = JSON.parse(text)
    expect(rows).toHaveLength(INSTANCES - 1)
    expect(rows[0]).toMatchObject({
      hours: 744,
      exists: 31,
      from: '2026-10-01T00:00:00Z',
      until: '2026-11-01T00:00:00Z',
    })
    expect(JSON.parse((await get('/usage/nobody/hours.json?month=2026-10')).text)).toEqual([])
  })

  test('of an invalid month is refused', async () => {
    expect((await get('/usage/big?month=2026-13')).status).toBe(400)
    const missing = await get('/usage/big/hours.csv')
    expect(missing.status).toBe(400)
    expect(missing.text).toContain('month is missing')
  })

  test('has the same status without its content', async () => {
    for (const path of ['/usage/big/hours.csv?month=2026-10', '/exists.json', '/reports/1.json', '/reports/999.json']) {
      const whole = await get(path)
      const head = await server.request(path, { method: 'HEAD' })
      expect([head.status, head.text, head.headers['content-type']]).toEqual([
        whole.status,
        '',
        whole.headers['content-type'],
      ])
    }
  })
})

test('exists are downloaded over several batches', async () => {
  const { text } = await get('/exists.csv')
  const lines = text.trimEnd().split('\r\n')
  expect(lines).toHaveLength(1 + INSTANCES * EXISTS_EACH + 2)
  expect(new Set(lines).size).toBe(lines.length)
  const failed = JSON.parse((await get('/exists.json?status=failed&reason=no+launch')).text)
  expect(failed).toHaveLength(EXISTS_EACH)
  expect(failed[0]).toMatchObject({ service: 'nova', status: 'failed', fail_reason: 'no launch: x', tenant: 'big' })
})

describe('a report', () => {
  test('has tables with links, and what changed', async () => {
    const { text } = await get('/reports/2')
    expect(text).toContain(`>${web}</a>) ${escaped}`)
    expect(text).toMatch(/>summary launch summary failures<.{1,80}>2<.{1,60}>9<.{1,60}>\+7<.{1,60}>\+350\.0 %</)
    expect((await get('/reports/1')).text).toContain('There is no earlier report')
  })

  test('is downloaded as it is stored', async () => {
    const { headers, text } = await get('/reports/2.json')
    expect(headers['content-disposition']).toBe('attachment; filename="report-2.json"')
    expect(JSON.parse(text)).toHaveProperty('summary.launch_summary.failures', 9)
  })

  test.each(['/reports/99', '/reports/99.json', '/reports/x', '/reports/99999999999999999999'])(
    '%s is not found',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})

test('the system shows rejected messages by reason, and the migrations', async () => {
  const { text } = await get('/system')
  expect(text).toContain(`<td>${escaped}</td><td class="numeric">1</td>`)
  expect(text).toContain('20261128015000_exists_count')
})

test('the API is described with forms that request it', async () => {
  const { text } = await get('/api')
  expect(text).toContain('<form class="filter-form try" method="get" action="/v1/things"')
  expect(text).toContain('$STACKTACH/v1/things/{id}')
})

describe('a token limited to a tenant', () => {
  const limited = newToken(['5000'])
  const { tokens } = parseTokens(limited.line)
  let own: PageServer

  beforeAll(async () => {
    own = await startPages(db, { tokens: () => tokens })
  })

  afterAll(() => own?.stop())

  const as = (path: string, token: string | null = limited.token) =>
    own.request(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

  test('opens its usage and its downloads', async () => {
    for (const path of ['/usage/5000', '/usage/5000/hours.csv?month=2026-11', '/usage/5000/hours.json?month=2026-11']) {
      expect([path, (await as(path)).status]).toEqual([path, 200])
      expect([path, (await as(path, null)).status]).toEqual([path, 401])
    }
    const { text } = await as('/usage/5000')
    expect(text).toContain('href="/usage/5000/hours.csv?month=')
    expect(text).not.toMatch(/href="\/(?:search|exists|reports|system|usage"|api)/)
  })

  test.each([
    ...['/usage/6000', '/usage/big', '/usage/5000%20', '/usage/50', '/usage/big/hours.csv?month=2026-10'],
    ...['/usage', '/exists', '/exists.csv', '/exists.json', '/search', '/reports', '/reports/1', '/reports/1.json'],
    ...['/system', '/api', '/usage/big/hours.json?month=2026-10&tenant=5000'],
  ])('does not open %s', async (path) => {
    const reply = await as(path)
    expect(reply.status).toBe(403)
    expect(reply.text).not.toContain(worker)
  })
})
