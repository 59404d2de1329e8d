import { type Database, reportById, reportKeptSince } from '@stacktach/db'
import { formatInstant, reportRefusal } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { waitForJob } from '../../waitForJob.ts'
import { printReport, reportObject } from './printReport.ts'

export interface ReportOutputOptions {
  wait?: boolean
  json?: boolean
}

/**
 * Enqueues a report job; with `wait`, prints the report when it is made.
 *
 * @throws Error when the report cannot be made for this period
 */
export async function requestReport(
  database: Database,
  payload: Payload<'report'>,
  { wait, json = false }: ReportOutputOptions,
): Promise<void> {
  // The job checks this as well, but only when it runs.
  const problem = reportRefusal(payload.period, {
    now: Date.now() * 1000,
    keptSince: await reportKeptSince(database.pool, payload.report),
    inProgress: payload.inProgress,
  })
  if (problem !== null) throw new Error(problem)
  await withQueues(async (producer) => {
    const job = await producer.enqueue('report', payload)
    if (wait) {
      const options = { activity: `making ${payload.report}`, silent: json }
      const { id, refused } = await waitForJob(producer, 'report', job, options)
      if (id === null) throw new Error(refused ?? 'the job made no report')
      await printReportById(database, id, json)
    } else if (json) printJson({ job: job.id })
    else console.error(enqueuedText(payload, job.id))
  })
}

function enqueuedText({ report, period }: Payload<'report'>, jobId: string | undefined): string {
  return `${report} for ${formatInstant(period.from)} to ${formatInstant(period.until)} enqueued as job ${jobId}`
}

async function printReportById(database: Database, id: number, json: boolean): Promise<void> {
  const report = await reportById(database, id)
  if (report === null) throw new Error(`report ${id} has been deleted`)
  if (json) {
    const { region: _, created: __, ...object } = reportObject(report)
    printJson(object)
  } else printReport(report)
}
