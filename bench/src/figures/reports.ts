import { setTimeout as sleep } from 'node:timers/promises'
import { formatInstant, reportKinds } from '@stacktach/domain'
import type { TestProcess } from '@stacktach/testing'
import type { Context } from '../context.ts'
import { firstDay, MAX_NOTIFICATIONS_PER_DAY } from '../data/cloud.ts'
import { figure } from '../figure.ts'
import type { Stack } from '../stack.ts'

const POLL_INTERVAL_MS = 50

/** Measures the verification of a day's exists, then each report of the day. */
export async function measureReports({ options, now, add, log }: Context, stack: Stack): Promise<void> {
  const notifications = Math.min(options.notifications, MAX_NOTIFICATIONS_PER_DAY).toLocaleString('en-US')
  const section = `Reports and verification of a day with ${notifications}`
  const pending = () =>
    queryCount(stack, `select count(*) as n from instance_exists where status in ('pending', 'verifying')`)
  const exists = await pending()
  const startedAt = performance.now()
  const jobs = await stack.start('jobs', { VERIFY_SETTLE_SECONDS: '300' })
  while ((await pending()) > 0) await sleep(POLL_INTERVAL_MS)
  const seconds = (performance.now() - startedAt) / 1000
  log(`verification: ${exists} exists in ${seconds.toFixed(1)} s`)
  add(
    figure({
      section,
      name: `verification of ${exists.toLocaleString('en-US')} exists`,
      unit: 's',
      values: [seconds],
      meaning: 'One jobs process, from its start until no instance exists is pending.',
    }),
  )
  const day = firstDay(options.notifications, now)
  for (const report of reportKinds) {
    const outputLength = jobs.process.output().length
    await stack.run('report', 'run', report, '--at', formatInstant(day).replace(' ', 'T'), '--wait')
    const milliseconds = await waitForReport(jobs.process, outputLength)
    log(`report ${report}: ${milliseconds} ms`)
    add(
      figure({
        section,
        name: report,
        unit: 's',
        values: [milliseconds / 1000],
        meaning: 'Duration of the job that makes the report of the day.',
      }),
    )
  }
  await jobs.stop()
}

/** Returns the milliseconds that the process logs for the report's job. @param from start of the output to search */
async function waitForReport(process: TestProcess, from: number): Promise<number> {
  for (;;) {
    const [, milliseconds] = /"job":"report","milliseconds":(\d+)/.exec(process.output().slice(from)) ?? []
    if (milliseconds !== undefined) return Number(milliseconds)
    await sleep(POLL_INTERVAL_MS)
  }
}

async function queryCount({ pool }: Stack, sql: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(sql)
  return Number(rows[0]?.n)
}
