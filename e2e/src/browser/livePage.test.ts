import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { detour, publish } from '@stacktach/testing'
import type { Page } from 'playwright-core'
import { type Pipeline, startPipeline } from '../pipeline.ts'
import { until } from '../until.ts'
import { openBrowser, type TestBrowser } from './openBrowser.ts'

let pipeline: Pipeline
let url: string
let browser: TestBrowser
let page: Page
let published = 0
let faults: string[] = []

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  await pipeline.start('ingest')
  const api = await pipeline.start('api')
  url = (await api.printed(/"url":"([^"]+)"/))[1] ?? ''
  browser = await openBrowser()
}, 60_000)

beforeEach(async () => {
  await page?.context().close()
  ;({ page, complaints: faults } = await browser.open())
})

afterAll(async () => {
  await browser?.stop()
  await pipeline.stop()
})

interface Sent {
  event?: string
  instance?: string
  key?: string
}

/** Publishes notifications; returns when they are stored. */
async function send(...messages: Sent[]): Promise<void> {
  await publish(
    pipeline.vhost,
    messages.map(({ event = 'compute.instance.update', instance = 'i1', key = 'notifications.info' }) => ({
      exchange: 'nova',
      routing_key: key,
      body: Buffer.from(
        JSON.stringify({
          event_type: event,
          publisher_id: 'compute.h1',
          message_id: `page-${published++}`,
          timestamp: new Date().toISOString().replace('Z', '123'),
          _context_request_id: 'req-1',
          payload: { instance_id: instance },
        }),
      ),
    })),
  )
  const stored = async () =>
    Number((await pipeline.database.pool.query('select count(*) from notification_nova')).rows[0]?.count) === published
  await until(stored, 20_000, 'everything stored')
  // A transaction of another test on the same server would hold back the rows.
  const { pool } = pipeline.database
  const { rows } = await pool.query<{ begun: string }>('select pg_current_xact_id()::text as begun')
  const horizon = 'select pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 as ended'
  await until(async () => (await pool.query(horizon, [rows[0]?.begun])).rows[0]?.ended === true, 20_000, 'all ended')
}

const events = () => page.locator('[data-live-rows] [data-field=event]').allTextContents()
const stateText = () => page.locator('[data-live-state]').textContent()

async function open(query = ''): Promise<void> {
  await page.goto(`${url}/live${query}`)
  await until(async () => (await stateText())?.startsWith('Live:') === true, 10_000, 'connected')
}

test('without JavaScript it lists the latest notifications that match the filter', async () => {
  await send({ event: 'compute.instance.old' }, { event: 'compute.instance.failed', key: 'notifications.error' })
  await page.context().close()
  ;({ page, complaints: faults } = await browser.open({ javaScriptEnabled: false }))
  await page.goto(`${url}/live`)
  expect(await events()).toEqual(['compute.instance.failed', 'compute.instance.old'])
  await page.getByLabel('Errors only').check()
  await page.getByRole('button', { name: 'Apply' }).click()
  expect(new URL(page.url()).searchParams.get('errors')).toBe('1')
  expect(await events()).toEqual(['compute.instance.failed'])
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
})

test('new notifications appear at the top, as the server shows them', async () => {
  await open()
  await send({ event: 'compute.instance.new', key: 'notifications.error' }, { event: 'compute.instance.newer' })
  await until(async () => (await events())[0] === 'compute.instance.newer', 10_000, 'the new rows')
  const html = () => page.locator('[data-live-rows]').innerHTML()
  const byScript = await html()
  await page.reload()
  expect(await html()).toBe(byScript)
  expect(faults).toEqual([])
})

test('the values of a notification are text', async () => {
  const attack = '<img src=x onerror=alert(1)>"\'&'
  await open()
  await send({ event: attack, instance: `${attack}/../x` })
  await until(async () => (await events())[0] === attack, 10_000, 'the new row')
  expect(await page.locator('[data-live-rows] img').count()).toBe(0)
  const link = page.locator('[data-live-rows] tr:first-child [data-field=instance] a')
  expect(await link.getAttribute('href')).toBe(`/instances/${encodeURIComponent(`${attack}/../x`)}`)
  expect(faults).toEqual([])
})

test('the list does not move while one reads, and counts what is new', async () => {
  await open()
  const before = await events()
  const held = page.locator('[data-live-held]')
  await page.locator('[data-live-list]').hover()
  await send(...Array.from({ length: 12 }, (_, index) => ({ event: `compute.instance.held${index}` })))
  await until(async () => (await held.textContent()) === '12 new', 10_000, 'twelve new ones')
  expect(await events()).toEqual(before)
  await held.click()
  expect((await events()).slice(0, 12)).toEqual(
    Array.from({ length: 12 }, (_, index) => `compute.instance.held${11 - index}`),
  )
  expect(await held.isHidden()).toBe(true)

  await page.mouse.move(0, 0)
  await page.getByRole('button', { name: 'Pause' }).click()
  expect(await stateText()).toMatch(/^Paused\. Live/)
  await send({ event: 'compute.instance.paused' })
  await until(async () => (await held.textContent()) === '1 new', 10_000, 'one new one')
  await page.getByRole('button', { name: 'Continue' }).click()
  await until(async () => (await events())[0] === 'compute.instance.paused', 10_000, 'the new row')

  await page.setViewportSize({ width: 1440, height: 300 })
  await page.mouse.wheel(0, 250)
  await until(() => page.evaluate<boolean>('window.scrollY > 200'), 10_000, 'scrolled')
  await page.mouse.move(0, 0)
  await send({ event: 'compute.instance.above' })
  await until(async () => (await held.textContent()) === '1 new', 10_000, 'one new one')
  expect((await events())[0]).toBe('compute.instance.paused')
  await page.evaluate('window.scrollTo(0, 0)')
  await until(async () => (await events())[0] === 'compute.instance.above', 10_000, 'the new row')
})

test('keeps the newest 200 rows, and applies the filter', async () => {
  await open('?event=compute.instance.many&service=nova')
  await send(...Array.from({ length: 300 }, () => ({ event: 'compute.instance.many' })), {
    event: 'compute.instance.other',
  })
  const rows = page.locator('[data-live-rows] tr')
  await until(async () => (await rows.count()) === 200, 10_000, '200 rows')
  expect(new Set(await events())).toEqual(new Set(['compute.instance.many']))
})

test('says that the connection is lost, and continues without losing any', async () => {
  const proxy = await detour(url)
  await proxy.open()
  await page.goto(`${proxy.url}live`)
  await until(async () => (await stateText())?.startsWith('Live:') === true, 10_000, 'connected')
  await proxy.shut()
  await until(async () => (await stateText())?.startsWith('The connection is lost') === true, 10_000, 'lost')
  await send(...Array.from({ length: 5 }, (_, index) => ({ event: `compute.instance.missed${index}` })))
  await proxy.open()
  await until(async () => (await stateText())?.startsWith('Live:') === true, 30_000, 'connected again')
  await until(async () => (await events())[0] === 'compute.instance.missed4', 10_000, 'the missed rows')
  expect((await events()).filter((event) => event.startsWith('compute.instance.missed'))).toHaveLength(5)
  await page.close()
  await proxy.shut()
})
