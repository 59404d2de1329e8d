import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase } from '@stacktach/db'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { assetsByPath } from './page/assets.ts'
import { HOSTILE, web, worker } from './testkit/fillDatabase.ts'
import { FAILURES, fillFindings, TIMINGS } from './testkit/fillFindings.ts'
import { type PageServer, startPages } from './testkit/startPages.ts'

interface Site {
  testDatabase: TestDatabase
  db: Database
  server: PageServer
}

async function openSite(fill: (db: Database) => Promise<void>): Promise<Site> {
  const testDatabase = await createTestDatabase(migrate)
  const db = openDatabase({ url: testDatabase.url, applicationName: 'findings test' })
  await fill(db)
  return { testDatabase, db, server: await startPages(db) }
}

async function closeSite(site: Site | undefined): Promise<void> {
  await site?.server.stop()
  await site?.db.close()
  await site?.testDatabase.drop()
}

let site: Site
let emptySite: Site

beforeAll(async () => {
  site = await openSite(fillFindings)
  emptySite = await openSite(async () => {})
})

afterAll(async () => {
  await closeSite(site)
  await closeSite(emptySite)
})

async function textOf(path: string, { server }: Site = site): Promise<string> {
  const { status, text } = await server.request(path)
  expect([path, status]).toEqual([path, 200])
  // No `<` or quotation mark of a notification is part of the markup.
  expect(text).not.toContain('<img')
  return text
}

const ESCAPED = HOSTILE.replace('<', '&lt;')

/** Label, value and link of each number at the top of a page. */
function statsOf(text: string): Record<string, { value: string; to: string | undefined }> {
  const cells = [
    ...text.matchAll(/<span class="stat-label">([^<]*)<\/span><(?:a href="([^"]*)"|span)[^>]*>(.*?)<\/li>/g),
  ]
  return Object.fromEntries(
    cells.map(([, label = '', to, rest = '']) => [
      label,
      { value: /^(?:<span[^>]*>)?([^<]*)/.exec(rest)?.[1] ?? '', to },
    ]),
  )
}

/** A `>` can be within the value of an attribute. */
function withoutTags(html: string): string {
  return html.replaceAll(/<(?:"[^"]*"|[^">])*>/g, '')
}

/** The rows of the table with this caption, as texts of their cells. */
function rowsOf(text: string, caption: string): string[][] {
  const table = text.split('<table>').find((part) => part.includes(`>${caption}</caption>`)) ?? ''
  const body = /<tbody>(.*?)<\/tbody>/s.exec(table)?.[1] ?? ''
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => withoutTags(cell)),
  )
}

/** The href of the link with this text. */
function hrefOf(text: string, label: string): string {
  const links = [...text.matchAll(/<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs)]
  const link = links.find(([, , content = '']) => withoutTags(content).trim() === label)
  expect([label, link]).not.toEqual([label, undefined])
  return (link?.[1] ?? '').replaceAll('&amp;', '&')
}

describe('the start page', () => {
  test('shows each number with a link to its list', async () => {
    expect(statsOf(await textOf('/'))).toEqual({
      'Stuck operations': { value: '1', to: '/operations/open' },
      'Open operations': { value: '3', to: '/operations/open?show=all' },
      'Failed attempts': { value: String(FAILURES), to: '/failures?period=24h' },
      'Silent deployments': { value: '2', to: '#deployments' },
      'Exists failed': { value: '2', to: '#exists' },
      Contradicted: { value: '1', to: '#exists' },
      'Rejected messages': { value: '2', to: '/system#rejected' },
      Backlog: { value: '2', to: '/system' },
    })
  })

  test('lists the stuck operation, then the other open ones, oldest first', async () => {
    const rows = rowsOf(await textOf('/'), 'Open operations, oldest first')
    expect(
      rows.map(([age, state, name, p99, threshold, instance]) => [age, state, name, p99, threshold, instance]),
    ).toEqual([
      ['2 h', '✕stuck', 'resize', '–', '10 min', web],
      ['50 min', '◌open', 'snapshot', '20 min', '1 h', worker],
      ['9 min', '◌open', 'create', expect.any(String), '10 min', worker],
    ])
  })

  test('lists failures in groups, silent deployments first, and reasons', async () => {
    const text = await textOf('/')
    const [[count, event, error, , flavor] = []] = rowsOf(text, 'Failures by group')
    expect([count, event, error, flavor]).toEqual([String(FAILURES), 'create', `Error ${ESCAPED}`, 'none'])
    expect(rowsOf(text, 'Deployments by their last notification')).toEqual([
      ['new', '✕silent', 'never'],
      [`west ${ESCAPED}`, '✕silent', '15 min'],
      ['east', '●sends', '1 min'],
    ])
    expect(rowsOf(text, 'Failed exists by reason')).toEqual([['2', `no launch ${ESCAPED}`, '1']])
    expect(rowsOf(text, 'Rejected messages by reason')).toEqual([['2', `not json ${ESCAPED}`, '1 min']])
    expect(rowsOf(text, 'Backlog by kind')).toEqual([
      ['1', 'instances'],
      ['1', 'requests'],
    ])
  })

  test('says of an empty database what is well, and what to do', async () => {
    const text = await textOf('/', emptySite)
    expect(Object.values(statsOf(text)).map(({ value }) => value)).toEqual(Array(8).fill('0'))
    for (const sentence of [
      'No operation is stuck, and none is open.',
      'No attempt of an operation failed.',
      'No deployment has sent a notification yet.',
      'No exists of the last 7 days failed verification.',
      'No message was rejected.',
      'Nothing waits: everything that is stored is folded.',
    ]) {
      expect(text).toContain(sentence)
    }
  })
})

describe('failures', () => {
  test('are grouped, with the share of the operations of the period', async () => {
    const text = await textOf('/failures?by=host,event')
    expect(text).toContain(`${FAILURES} failed attempts in this period`)
    // 100 that ended and the open one that is still in its first attempt.
    expect(rowsOf(text, 'Failures by group')).toEqual([
      [
        String(FAILURES),
        'create',
        `host ${ESCAPED}`,
        '1',
        '50 %',
        '2026-11-20 04:30:00.000',
        '2026-11-20 12:50:00.000',
      ],
    ])
    expect(rowsOf(await textOf('/failures?by=error&period=7d'), 'Failures by group')).toEqual([
      [String(FAILURES), `Error ${ESCAPED}`, '1', '2026-11-20 04:30:00.000', '2026-11-20 12:50:00.000'],
      ['1', 'OldError', '1', '2026-11-19 12:59:00.000', '2026-11-19 12:59:00.000'],
    ])
  })

  test('each value of a group is a filter, also the missing one', async () => {
    const text = await textOf('/failures?by=error,flavor&period=7d')
    expect(hrefOf(text, 'OldError')).toBe('/failures?by=error%2Cflavor&period=7d&error=OldError')
    const filtered = await textOf(hrefOf(text, 'none'))
    expect(rowsOf(filtered, 'Failures by group')).toHaveLength(1)
    expect(filtered).toContain(`${FAILURES} failed attempts in this period`)
    expect(hrefOf(filtered, '×')).toBe('/failures?by=error%2Cflavor&period=7d')
    const [, to = ''] = /href="([^"]*error=OldError[^"]*)#attempts"/.exec(text) ?? []
    const count = await textOf(to.replaceAll('&amp;', '&'))
    expect(rowsOf(count, 'Failed attempts, newest first')).toHaveLength(1)
  })

  test('have a bar for each hour, which leads to its failures', async () => {
    const text = await textOf('/failures')
    const bars = [...text.matchAll(/<a href="([^"]*)" aria-label="([^"]*)"/g)].filter(([, , label]) =>
      /^2026-11-20 \d\d:00: \d+$/.test(label ?? ''),
    )
    const [[, to = '', label] = []] = bars.slice(-1)
    expect(label).toBe('2026-11-20 12:00: 6')
    expect(bars).toHaveLength(9)
    expect(await textOf(to.replaceAll('&amp;', '&'))).toContain('6 failed attempts in this period')
  })

  test('are listed in pages, newest first', async () => {
    const first = await textOf('/failures')
    expect(rowsOf(first, 'Failed attempts, newest first')).toHaveLength(50)
    const second = await textOf(hrefOf(first, 'Older →'))
    expect(rowsOf(second, 'Failed attempts, newest first').map(([when]) => when)).toEqual(['2026-11-20 04:30:00.000'])
    expect(second).toContain('No more failed attempts')
    expect(hrefOf(second, '⇤ Newest')).toBe('/failures')
  })

  test('that are not all shown are said not to be', async () => {
    await site.db.pool.query(
      `insert into failure (notification_id, "when", instance, request_id, name, error, deployment_id)
       select 2000 + n, 1700000000000000 + n, 'i', '', 'old', 'error ' || n, 1 from generate_series(1, 26) n`,
    )
    const text = await textOf('/failures?from=2023-11-14T00:00&until=2023-11-15T00:00')
    expect(text).toContain('The 25 largest groups are shown, not all.')
    const all = await textOf(hrefOf(text, 'Show up to 1,000').replace('#groups', ''))
    expect(rowsOf(all, 'Failures by group')).toHaveLength(26)
  })

  test('of a period without any are said to be none', async () => {
    const text = await textOf('/failures?from=2026-11-01T00:00&until=2026-11-02T00:00')
    expect(text).toContain('No attempt failed in this period with these filters.')
  })

  test.each([
    ['period=2h', 'period must be one of 1h, 24h, 7d'],
    ['from=yesterday', 'from must be a time in UTC such as 2026-11-20T12:00, not yesterday'],
    ['from=2026-11-20T12:00&until=2026-11-20T12:00', 'from must be before until'],
    ['from=2020-01-01T00:00', 'is longer than 92 days'],
    ['by=tenant', 'by must be a list of event, error, host, flavor, image'],
    ['before=x', 'the cursor is invalid'],
    ['host=a&host=b', 'host must not be repeated'],
  ])('%s is refused', async (query, message) => {
    const { status, text } = await site.server.request(`/failures?${query}`)
    expect(status).toBe(400)
    expect(text).toContain(message)
  })
})

describe('open operations', () => {
  const caption = 'Open operations, oldest first'

  test('are the stuck ones, or all', async () => {
    const stuck = await textOf('/operations/open')
    expect(rowsOf(stuck, caption).map(([, , name]) => name)).toEqual(['resize'])
    const all = await textOf(hrefOf(stuck, 'All open 3'))
    expect(rowsOf(all, caption).map(([, , name]) => name)).toEqual(['resize', 'snapshot', 'create'])
    expect(rowsOf(all, caption)[0]?.slice(5)).toEqual([
      web,
      expect.stringContaining(`host ${ESCAPED}`.split('.')[0] ?? ''),
      ESCAPED,
      '2026-11-20 11:00:00.000',
      `flavor ${ESCAPED}`,
      'east',
      'req-1',
    ])
  })

  test('are filtered by operation and deployment', async () => {
    const created = await textOf('/operations/open?show=all&operation=compute.instance.create')
    expect(rowsOf(created, caption)).toHaveLength(1)
    expect(created).toContain('Stuck 0')
    const none = await textOf('/operations/open?show=stuck&deployment=new')
    expect(none).toContain('No operation with these filters is stuck.')
    expect(await textOf('/operations/open', emptySite)).toContain('No operation is stuck.')
  })

  test('are listed in pages', async () => {
    const ids = Array.from({ length: 98 }, (_, index) => 5000 + index)
    await site.db.pool.query(
      `insert into operation (notification_id, instance, name, request_id, "when", identity, outcome, attempts, deployment_id)
       select id, 'i', 'compute.instance.reboot', '', 1795000000000000 + id, '', 'open', '[]', 1 from unnest($1::int[]) id`,
      [ids],
    )
    const first = await textOf('/operations/open?show=all')
    expect(rowsOf(first, caption)).toHaveLength(100)
    const second = await textOf(hrefOf(first, 'Started later →'))
    expect(rowsOf(second, caption).map(([, , name]) => name)).toEqual(['create'])
    await site.db.pool.query('delete from operation where notification_id >= 5000')
  })
})

describe('timings', () => {
  test('of all operations have a line each', async () => {
    const text = await textOf('/timings')
    expect(rowsOf(text, 'Timings of all operations').map(([name, count, , , , max]) => [name, count, max])).toEqual([
      ['compute.instance.create', String(TIMINGS), '26.0 s'],
      ['compute.instance.snapshot', '1', '20 min'],
    ])
    expect(hrefOf(text, 'compute.instance.create')).toBe('/timings/compute.instance.create')
    expect(await textOf('/timings', emptySite)).toContain('No operation has finished yet')
  })

  test('of one operation have figures, a histogram, deployments, and the slowest', async () => {
    const text = await textOf('/timings/compute.instance.create')
    const stats = statsOf(text)
    expect([stats.Count?.value, stats.Max?.value]).toEqual([String(TIMINGS), '26.0 s'])
    const bars = rowsOf(text, 'Durations by range')
    expect(bars.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(TIMINGS)
    expect(rowsOf(text, 'Durations by deployment').map(([name, count]) => [name, count])).toEqual([
      ['east', String(TIMINGS)],
    ])
    const slowest = rowsOf(text, 'Slowest timings')
    expect(slowest).toHaveLength(25)
    expect(slowest[0]?.slice(0, 2)).toEqual(['26.0 s', web])
    const rest = await textOf(hrefOf(text, 'Faster →'))
    expect(rowsOf(rest, 'Slowest timings').map(([duration]) => duration)).toEqual(['1.00 s'])
  })

  test('of an operation that has not finished have links to where it stands', async () => {
    await site.db.pool.query(`insert into event (service, name) values ('nova', 'compute.instance.resize.start')`)
    const open = await textOf('/operations/open')
    const text = await textOf(hrefOf(open, 'resize'))
    expect(text).toContain('No operation of this name has finished')
    expect(rowsOf(await textOf(hrefOf(text, 'open ones')), 'Open operations, oldest first')).toHaveLength(1)
  })

  test('of an unknown operation are not found', async () => {
    const { status, text } = await site.server.request(`/timings/${encodeURIComponent(HOSTILE)}`)
    expect(status).toBe(404)
    expect(text).toContain(`No operation ${ESCAPED}`)
  })

  test('need at most 45 kB of scripts and style sheets, compressed', async () => {
    const text = await textOf('/timings/compute.instance.create')
    const paths = [...text.matchAll(/ (?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path = '']) => path)
    expect(paths.map((path) => path.replace(/-[0-9a-f]+\./, '.')).sort()).toEqual([
      '/assets/histogram.css',
      '/assets/histogram.js',
      '/assets/site.css',
      '/assets/site.js',
    ])
    const assets = paths.map((path) => assetsByPath.get(path))
    expect(assets.reduce((sum, asset) => sum + (asset?.gzip.length ?? Number.NaN), 0)).toBeLessThanOrEqual(45_000)
    for (const asset of assets)
      expect(gunzipSync(asset?.gzip ?? Buffer.of()).equals(asset?.content ?? Buffer.of())).toBe(true)
    const other = await textOf('/failures')
    expect(other).not.toContain('histogram')
  })
})
