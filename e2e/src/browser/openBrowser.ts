import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** A page with what the browser complained about while it was open. */
export interface WatchedPage {
  page: Page
  /** Console errors and warnings, violations of the content security policy, exceptions, and failed requests. */
  complaints: string[]
}

export interface Look {
  width?: number
  colorScheme?: 'light' | 'dark'
  javaScriptEnabled?: boolean
}

export interface TestBrowser {
  open(look?: Look): Promise<WatchedPage & { context: BrowserContext }>
  stop(): Promise<void>
}

const HEIGHT = 900

const arguments_ = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Starts Chromium.
 *
 * @throws Error when CHROMIUM is not set: no test is skipped because of a missing browser
 */
export async function openBrowser(): Promise<TestBrowser> {
  const { CHROMIUM: executablePath } = process.env
  if (!executablePath) throw new Error('CHROMIUM is not set: run npm test, or set it to the path of a Chromium')
  const browser: Browser = await chromium.launch({ executablePath, args: arguments_ })
  return {
    async open({ width = 1440, colorScheme = 'light', javaScriptEnabled = true } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: HEIGHT },
        colorScheme,
        javaScriptEnabled,
        timezoneId: 'Europe/Berlin',
        ignoreHTTPSErrors: true,
      })
      const page = await context.newPage()
      return { context, page, complaints: watch(page) }
    },
    stop: () => browser.close(),
  }
}

function watch(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('requestfailed', (request) => {
    // The browser aborts the event stream of a page that it leaves.
    if (!request.url().includes('/v1/live')) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`)
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The findings of axe-core for WCAG 2.2 AA and best practices, one line for each rule with the first elements. */
export async function axeFindings(page: Page): Promise<string[]> {
  // By the protocol of the developer tools, which the content security policy of a page does not restrict.
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: AxeViolation[] }> } }
    const result = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return result.violations
  })
  return violations.map(({ id, help, nodes }) => {
    const elements = nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`)
    return `${id}: ${help}: ${elements.join(' | ')}`
  })
}

interface AxeViolation {
  id: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}
