import type { Producer, Result } from '@stacktach/jobs'
import { Command } from 'commander'
import { withQueues } from '../connections.ts'
import { printJson } from '../output/printJson.ts'
import { waitForJob } from '../waitForJob.ts'

/** A refold of a large database takes hours. */
const TIMEOUT_MS = 7 * 24 * 60 * 60_000

/** `stacktach refold` */
export function refoldCommand(): Command {
  return new Command('refold')
    .description('bring stored data to the current rules, as a job: read all notifications again, refold, verify again')
    .option('--no-wait', 'enqueue the job without following it')
    .option('--json', 'print the result as one JSON object')
    .action(({ wait, json = false }: { wait: boolean; json?: boolean }) =>
      withQueues(async (producer) => {
        const { job, isNew } = await enqueueOnce(producer)
        if (!json) console.error(isNew ? `refold enqueued as job ${job.id}` : `refold is already job ${job.id}`)
        if (!wait) {
          if (json) printJson({ job: job.id })
          return
        }
        const options = { activity: 'refolding', silent: json, timeoutMs: TIMEOUT_MS }
        const result = await waitForJob(producer, 'refold', job, options)
        if (json) printJson(result)
        else console.error(refoldText(result))
      }),
    )
}

/** Enqueues the job unless one is pending or active: a second one would do everything again. */
async function enqueueOnce(producer: Producer) {
  const pending = await producer.queue('maintenance').getJobs(['active', 'waiting', 'delayed'])
  const existing = pending.find(({ name }) => name === 'refold')
  if (existing !== undefined) return { job: existing, isNew: false }
  return { job: await producer.enqueueForOperator('refold', {}), isNew: true }
}

/** The result as text, one line for each kind of data. */
export function refoldText(result: Result<'refold'>): string {
  const { notifications, changed, unreadable, instances, requests, images, nova, glance } = result
  const unchanged = unreadable > 0 ? `, not readable ${unreadable}` : ''
  return [
    `notifications: read ${notifications}, changed ${changed}${unchanged}`,
    `refolded: instances ${instances}, requests ${requests}, images ${images}`,
    `nova: verified ${nova.verified}, failed ${nova.failed}`,
    `glance: verified ${glance.verified}, failed ${glance.failed}`,
  ].join('\n')
}
