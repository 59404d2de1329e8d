import { type Database, reportById, reportKeptSince, type StoredReport } from '@stacktach/db'
import { formatInstant, reportRefusal } from '@stacktach/domain'
import { type Payload, Producer } from '@stacktach/jobs'
import type { OperatorConfig } from '@stacktach/runtime'
import { z } from 'zod'
import { printJson } from '../output.ts'
import { describeReport, printReport } from './print.ts'

/** Milliseconds that `--wait` waits for a report. */
const PATIENCE = 60 * 60_000

/** Milliseconds between two words to somebody who waits. */
const WORD = 5_000

/** What the job comes to. */
const outcome = z.object({ id: z.number().nullable(), refused: z.string().optional() })

export interface AskOptions {
  wait?: boolean
  json?: boolean
}

/** Asks the jobs processes for a report; with `wait` shows it when it is made. */
export async function askForReport(
  config: OperatorConfig,
  database: Database,
  payload: Payload<'report'>,
  options: AskOptions,
): Promise<void> {
  // The job would refuse it too, but only when it runs.
  const refused = reportRefusal(payload.period, {
    now: Date.now() * 1000,
    keptSince: await reportKeptSince(database.pool, payload.report),
    inProgress: payload.inProgress,
  })
  if (refused !== null) throw new Error(refused)
  const producer = new Producer(config.REDIS_URL, config.REDIS_PREFIX, () => {})
  try {
    await producer.ready(5_000)
    const job = await producer.enqueue('report', payload)
    if (!options.wait) {
      if (options.json) return printJson({ job: job.id })
      const { start, end } = payload.period
      return console.error(
        `asked for ${payload.report}, ${formatInstant(start)} to ${formatInstant(end)}: job ${job.id}`,
      )
    }
    const made = outcome.parse(await producer.result('report', job, PATIENCE, teller(options)))
    if (made.id === null) throw new Error(made.refused ?? 'the job made no report')
    const report = await reportById(database, made.id)
    if (report === null) throw new Error(`report ${made.id} is gone`)
    show(report, options)
  } finally {
    await producer.close()
  }
}

/** Says now and then what a job does. Scripts are told nothing. */
function teller({ json }: AskOptions): (state: string) => void {
  if (json && !process.stderr.isTTY) return () => {}
  const began = Date.now()
  let told = { state: '', at: 0 }
  return (state) => {
    const now = Date.now()
    if (state === 'completed' || (state === told.state && now - told.at < WORD)) return
    told = { state, at: now }
    const says = state === 'active' ? 'being made' : state === 'failed' ? 'failed' : 'waiting for a jobs process'
    console.error(`${says}, ${Math.round((now - began) / 1000)} s`)
  }
}

function show(report: StoredReport, { json }: AskOptions): void {
  if (json) {
    const { region: _, created: __, ...described } = describeReport(report)
    printJson(described)
  } else printReport(report)
}
