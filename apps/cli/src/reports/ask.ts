import { type Database, reportById, reportKeptSince, type StoredReport } from '@stacktach/db'
import { formatInstant, reportRefusal } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import { z } from 'zod'
import { withQueues } from '../connections.ts'
import { printJson } from '../output.ts'
import { waitForJob } from '../waitForJob.ts'
import { describeReport, printReport } from './print.ts'

/** What the job comes to. */
const outcome = z.object({ id: z.number().nullable(), refused: z.string().optional() })

export interface AskOptions {
  wait?: boolean
  json?: boolean
}

/** Asks the jobs processes for a report; with `wait` shows it when it is made. */
export async function askForReport(database: Database, payload: Payload<'report'>, options: AskOptions): Promise<void> {
  // The job would refuse it too, but only when it runs.
  const refused = reportRefusal(payload.period, {
    now: Date.now() * 1000,
    keptSince: await reportKeptSince(database.pool, payload.report),
    inProgress: payload.inProgress,
  })
  if (refused !== null) throw new Error(refused)
  await withQueues(async (producer) => {
    const job = await producer.enqueue('report', payload)
    if (!options.wait) {
      if (options.json) return printJson({ job: job.id })
      const { start, end } = payload.period
      return console.error(
        `asked for ${payload.report}, ${formatInstant(start)} to ${formatInstant(end)}: job ${job.id}`,
      )
    }
    const making = `making ${payload.report}`
    const made = outcome.parse(await waitForJob(producer, 'report', job, making, options.json ?? false))
    if (made.id === null) throw new Error(made.refused ?? 'the job made no report')
    const report = await reportById(database, made.id)
    if (report === null) throw new Error(`report ${made.id} is gone`)
    show(report, options)
  })
}

function show(report: StoredReport, { json }: AskOptions): void {
  if (json) {
    const { region: _, created: __, ...described } = describeReport(report)
    printJson(described)
  } else printReport(report)
}
