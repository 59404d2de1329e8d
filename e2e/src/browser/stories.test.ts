import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Cloud, FAILED, startCloud } from './cloud.ts'
import { openBrowser, type TestBrowser } from './openBrowser.ts'

let cloud: Cloud
let browser: TestBrowser

beforeAll(async () => {
  ;[cloud, browser] = await Promise.all([startCloud(), openBrowser()])
}, 120_000)

afterAll(async () => {
  await browser?.stop()
  await cloud?.pipeline.stop()
})

test('the ticket: paste an id, and see the failed host and the error', async () => {
  const { context, page, complaints } = await browser.open()
  await page.goto(cloud.url)
  await page.keyboard.insertText(FAILED.uuid)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/instances/${FAILED.uuid}`)
  const main = page.locator('main')
  const row = main.locator('tr', { hasText: 'compute.instance.create' }).first()
  expect(await row.innerText()).toMatch(/failed/)
  expect(await row.innerText()).toContain(FAILED.host)
  expect(await row.innerText()).toContain(FAILED.error)
  await row.getByText(FAILED.requestId.slice(0, 12)).first().click()
  await page.waitForURL(`**/requests/${FAILED.requestId}`)
  expect(await main.innerText()).toContain(FAILED.error)
  await page.goBack()
  await page.waitForURL(`**/instances/${FAILED.uuid}`)
  expect(await main.innerText()).toContain(FAILED.host)
  expect(complaints).toEqual([])
  await context.close()
})

test('on call: the start page shows what is stuck, failing and unverified, and each number leads to its list', async () => {
  const { context, page, complaints } = await browser.open()
  await page.goto(cloud.url)
  const main = page.locator('main')
  expect(await main.innerText()).toMatch(/stuck/i)
  expect(await main.innerText()).toContain(FAILED.error)

  const { rows: stuck } = await cloud.pipeline.database.pool.query<{ instance: string }>(
    `select instance from operation where outcome = 'open' and name = 'compute.instance.reboot'`,
  )
  await page.goto(`${cloud.url}/operations/open`)
  const text = await main.innerText()
  expect(stuck.length).toBeGreaterThan(0)
  for (const { instance } of stuck) expect(text).toContain(instance)

  await page.goto(`${cloud.url}/failures`)
  expect(await main.innerText()).toContain(FAILED.error)
  await main.getByRole('link', { name: FAILED.host }).first().click()
  expect(await page.locator('main').innerText()).toContain(FAILED.host)
  expect(complaints).toEqual([])
  await context.close()
})
