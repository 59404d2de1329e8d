import { formatInstant, reportKinds } from '@stacktach/domain'
import type { TestProcess } from '@stacktach/testing'
import type { Context } from '../context.ts'
import { A_DAY, firstDay } from '../data/cloud.ts'
import { figure } from '../figure.ts'
import type { Stack } from '../stack.ts'

/** Verifies all exists of a day, then makes each report of it. */
export async function measureReports({ options, now, add, note }: Context, stack: Stack): Promise<void> {
  const section = `Reports and verification of a day with ${Math.min(options.notifications, A_DAY).toLocaleString('en-US')}`
  const pending = () => one(stack, `select count(*) as n from instance_exists where status in ('pending', 'verifying')`)
  const exists = await pending()
  const began = performance.now()
  const jobs = await stack.start('jobs', { VERIFY_SETTLE_SECONDS: '300' })
  while ((await pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 50))
  const seconds = (performance.now() - began) / 1000
  note(`verification: ${exists} exists in ${seconds.toFixed(1)} s`)
  add(
    figure({
      section,
      name: `verification of ${exists.toLocaleString('en-US')} exists`,
      unit: 's',
      values: [seconds],
      meaning: 'One jobs process, from its start until no exists of an instance is pending.',
    }),
  )
  const day = firstDay(options.notifications, now)
  for (const report of reportKinds) {
    const before = jobs.process.output().length
    await stack.run('report', 'run', report, '--at', formatInstant(day).replace(' ', 'T'), '--wait')
    const milliseconds = await reportTime(jobs.process, before)
    note(`report ${report}: ${milliseconds} ms`)
    add(
      figure({
        section,
        name: report,
        unit: 's',
        values: [milliseconds / 1000],
        meaning: 'How long the job took that makes the report of the day.',
      }),
    )
  }
  await jobs.stop()
}

/** Milliseconds of the report's job, as its process logs it. @param from where the process's output goes on */
async function reportTime(process: TestProcess, from: number): Promise<number> {
  for (;;) {
    const [, milliseconds] = /"job":"report","milliseconds":(\d+)/.exec(process.output().slice(from)) ?? []
    if (milliseconds !== undefined) return Number(milliseconds)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function one({ pool }: Stack, sql: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(sql)
  return Number(rows[0]?.n)
}
