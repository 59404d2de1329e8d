import { type ExistsService, existsServices } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import { Command } from 'commander'
import { z } from 'zod'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output.ts'
import { waitForJob } from '../../waitForJob.ts'
import { fromOption, serviceOption, toOption } from './options.ts'

const jobs = { nova: 'verify-nova', glance: 'verify-glance' } as const

/** What the jobs answer. */
const tally = z.object({ verified: z.number(), failed: z.number() })

interface VerifyOptions {
  service?: ExistsService
  from?: Instant
  to?: Instant
  wait?: boolean
  json?: boolean
}

export function verifyCommand(): Command {
  const verify = new Command('verify')
    .description('verify exists now, as jobs: all that are pending, or all of a range, also those that have a verdict')
    .addOption(serviceOption())
    .addOption(fromOption())
    .addOption(toOption())
    .option('--wait', 'wait for the verdicts')
    .option('--json', 'an object with a member for each service, for scripts')
    .action(async (options: VerifyOptions) => {
      const { service, from, to } = options
      if (from !== undefined && to !== undefined && from > to) verify.error('error: --from is after --to')
      const range = { from: from ?? null, to: to ?? null }
      const again = from !== undefined || to !== undefined
      await verifyAll(service === undefined ? existsServices : [service], { range, again }, options)
    })
  return verify
}

async function verifyAll(
  services: readonly ExistsService[],
  payload: Payload<'verify-nova'>,
  { wait = false, json = false }: VerifyOptions,
): Promise<void> {
  const answers: [ExistsService, object][] = []
  await withQueues(async (producer) => {
    const asked = await Promise.all(
      services.map(async (service) => ({ service, job: await producer.enqueueForOperator(jobs[service], payload) })),
    )
    for (const { service, job } of asked) {
      if (wait) {
        const done = tally.parse(await waitForJob(producer, jobs[service], job, `verifying ${service}`, json))
        if (!json) console.error(`${service}: verified ${done.verified}, failed ${done.failed}`)
        answers.push([service, done])
      } else {
        if (!json) console.error(`asked for ${jobs[service]}: job ${job.id}`)
        answers.push([service, { job: job.id }])
      }
    }
  })
  if (json) printJson(Object.fromEntries(answers))
}
