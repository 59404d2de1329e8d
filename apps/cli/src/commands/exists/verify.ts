import { type ExistsService, existsServices } from '@stacktach/db'
import { type Instant, untilAfter } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import { Command } from 'commander'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { waitForJob } from '../../waitForJob.ts'
import { existsFromOption, existsServiceOption, existsToOption } from './existsOptions.ts'

const jobs = { nova: 'verify-nova', glance: 'verify-glance' } as const

interface VerifyOptions {
  service?: ExistsService
  from?: Instant
  to?: Instant
  wait?: boolean
  json?: boolean
}

/** `stacktach exists verify` */
export function verifyExistsCommand(): Command {
  const verify = new Command('verify')
    .description('verify exists now, as jobs: all that are pending, or every exists of a time range again')
    .addOption(existsServiceOption())
    .addOption(existsFromOption())
    .addOption(existsToOption())
    .option('--wait', 'wait for the verdicts')
    .option('--json', 'print one JSON object with a member per service')
    .action(async (options: VerifyOptions) => {
      const { service, from, to } = options
      if (from !== undefined && to !== undefined && from > to) verify.error('error: --from is after --to')
      const range = { from: from ?? null, until: to === undefined ? null : untilAfter(to) }
      const again = from !== undefined || to !== undefined
      await verifyExists(service === undefined ? existsServices : [service], { range, again }, options)
    })
  return verify
}

async function verifyExists(
  services: readonly ExistsService[],
  payload: Payload<'verify-nova'>,
  { wait = false, json = false }: VerifyOptions,
): Promise<void> {
  const results: [ExistsService, object][] = []
  await withQueues(async (producer) => {
    const enqueued = await Promise.all(
      services.map(async (service) => ({ service, job: await producer.enqueueForOperator(jobs[service], payload) })),
    )
    for (const { service, job } of enqueued) {
      if (wait) {
        const options = { activity: `verifying ${service}`, silent: json }
        const result = await waitForJob(producer, jobs[service], job, options)
        if (!json) console.error(`${service}: verified ${result.verified}, failed ${result.failed}`)
        results.push([service, result])
      } else {
        if (!json) console.error(`${jobs[service]} enqueued as job ${job.id}`)
        results.push([service, { job: job.id }])
      }
    }
  })
  if (json) printJson(Object.fromEntries(results))
}
