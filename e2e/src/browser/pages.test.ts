import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pagePaths } from '@stacktach/web'
import { type Cloud, FAILED, HOSTILE, type Subjects, startCloud } from './cloud.ts'
import { axeFindings, openBrowser, type TestBrowser } from './openBrowser.ts'

/** The screenshots of docs/page.md. They are written with UPDATE_SCREENSHOTS=1; all others go to a temporary folder. */
const documented = new Set(
  [
    'start-light-1440',
    'instance-dark-1440',
    'request-light-1440',
    'failures-light-1440',
    'timings-of-an-operation-light-1440',
    'usage-light-1440',
    'live-dark-1440',
    'start-dark-375',
  ].map((name) => `${name}.png`),
)

const documentation = fileURLToPath(new URL('../../../docs/page', import.meta.url))
const screenshots = join(tmpdir(), 'stacktach-screenshots')

function screenshotFile(file: string): string {
  return join(process.env.UPDATE_SCREENSHOTS && documented.has(file) ? documentation : screenshots, file)
}

let cloud: Cloud
let browser: TestBrowser

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true })
  ;[cloud, browser] = await Promise.all([startCloud(), openBrowser()])
}, 120_000)

afterAll(async () => {
  await browser?.stop()
  await cloud?.pipeline.stop()
})

/** Every page of the table, with subjects of the cloud. */
const pages: [name: string, path: string, url: (subjects: Subjects) => string][] = [
  ['start', '/', () => '/'],
  ['find', '/find', () => '/find?q=compute'],
  ['instance', '/instances/:uuid', ({ instance }) => `/instances/${instance}`],
  ['request', '/requests/:id', ({ request }) => `/requests/${request}`],
  ['notification', '/notifications/:service/:id', ({ notification }) => `/notifications/nova/${notification}`],
  ['search', '/search', () => '/search?event=compute.instance.create.end'],
  ['failures', '/failures', () => '/failures'],
  ['open operations', '/operations/open', () => '/operations/open'],
  ['timings', '/timings', () => '/timings'],
  ['timings of an operation', '/timings/:operation', ({ operation }) => `/timings/${operation}`],
  ['usage', '/usage', () => '/usage'],
  ['usage of a tenant', '/usage/:tenant', ({ tenant }) => `/usage/${tenant}`],
  ['exists', '/exists', () => '/exists?status=failed'],
  ['reports', '/reports', () => '/reports'],
  ['report', '/reports/:id', ({ report }) => `/reports/${report}`],
  ['live', '/live', () => '/live'],
  ['system', '/system', () => '/system'],
  ['api', '/api', () => '/api'],
]

test('the list has every page', () => {
  expect(pages.map(([, path]) => path)).toEqual(expect.arrayContaining([...pagePaths]))
})

describe.each(pages)('%s (%s)', (name, _path, urlOf) => {
  test.each([1440, 375])(
    'has no complaint of the browser, no finding of axe and no sideways scroll: %d px',
    async (width) => {
      const { context, page, complaints } = await browser.open({ width })
      const response = await page.goto(new URL(urlOf(cloud.subjects), cloud.url).href)
      expect(response?.status()).toBe(200)
      await page.waitForLoadState('load')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await axeFindings(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        const file = `${name.replaceAll(' ', '-')}-${colorScheme}-${width}.png`
        await page.screenshot({ path: screenshotFile(file), fullPage: !documented.has(file) })
      }
      expect(await page.locator('img').count()).toBe(0)
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test('shows the same content without JavaScript', async () => {
    const url = new URL(urlOf(cloud.subjects), cloud.url).href
    const contentOf = async (javaScriptEnabled: boolean) => {
      const { context, page } = await browser.open({ javaScriptEnabled })
      await page.goto(url)
      const headings = await page.locator('h1, h2').allInnerTexts()
      // Without the legend of the chart that the script draws.
      const rows = await page.locator('main tbody tr:not(.uplot tr)').count()
      await context.close()
      return { headings, rows }
    }
    const without = await contentOf(false)
    expect(without.headings.length).toBeGreaterThan(0)
    // New notifications arrive on the live page only.
    if (name !== 'live') expect(await contentOf(true)).toEqual(without)
  })

  test('can be used with the keyboard alone', async () => {
    const { context, page } = await browser.open()
    await page.goto(new URL(urlOf(cloud.subjects), cloud.url).href)
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('q')
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    // Every stop of the Tab key is visible and has a visible focus.
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press('Tab')
      const focus = await page.evaluate(() => {
        const element = document.activeElement
        if (element === null || element === document.body) return null
        // The outline of a number is around its whole cell.
        const outlines = [element, element.closest('li')].map((each) => each && getComputedStyle(each).outlineStyle)
        const { width, height } = element.getBoundingClientRect()
        return { isVisible: width > 0 && height > 0, hasOutline: outlines.some((style) => style && style !== 'none') }
      })
      if (focus !== null) expect(focus).toMatchObject({ isVisible: true, hasOutline: true })
    }
    await context.close()
  })
})

test('a hostile name is shown as text on the page of its instance', async () => {
  const { context, page, complaints } = await browser.open()
  await page.goto(`${cloud.url}/instances/${FAILED.uuid}`)
  expect(await page.locator('main').innerText()).toContain(HOSTILE)
  expect(await page.locator('img').count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})
