import { formatInstant, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import { publish } from '@stacktach/testing'
import type { Message } from '../instanceMessages.ts'
import { type Pipeline, startPipeline } from '../pipeline.ts'
import { hoursAgo, simulate } from '../simulate.ts'

/** Hours of the simulated cloud. */
const HOURS = 6

/** A display name, error text and tenant that would run as a script in a page that does not escape them. */
export const HOSTILE = '<img src=x onerror=alert(1)>'

/** The instance whose create failed. */
export const FAILED = {
  uuid: '6f70656e-7374-4163-8b73-746163746163',
  requestId: 'req-0b1f6c5a-3d0f-4b57-9a3c-6a9f5a9d3c11',
  host: 'compute-07',
  error: 'Build of instance aborted: disk is full',
}

export interface Cloud {
  pipeline: Pipeline
  /** URL of the api. */
  url: string
  subjects: Subjects
}

/** What the pages are about. */
export interface Subjects {
  instance: string
  request: string
  tenant: string
  notification: number
  operation: string
  report: number
}

/** A cloud with stuck operations, failures, retries, failed exists and hostile names, behind an api. */
export async function startCloud(overrides: Record<string, string> = {}): Promise<Cloud> {
  const pipeline = await startPipeline(['east', 'west'], { VERIFY_SETTLE_SECONDS: '0', ...overrides })
  try {
    return { pipeline, ...(await fill(pipeline)) }
  } catch (error) {
    await pipeline.stop()
    throw error
  }
}

async function fill(pipeline: Pipeline): Promise<Pick<Cloud, 'url' | 'subjects'>> {
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const simulated = await simulate(pipeline, hoursAgo(HOURS), HOURS, {
    seed: 'pages',
    deployments: ['east', 'west'],
    operations: 120,
    failures: 0.25,
    usageFaults: 0.2,
    format: 'both',
    situations: ['stuck-operations', 'crashed-deletes', 'shared-hours'],
  })
  const own = hostileMessages(hoursAgo(0) - 20 * MINUTE)
  await publish(pipeline.vhost, own)
  await pipeline.settled(simulated.notifications + own.length)
  const report = ['report', 'run', 'region-summary', '--period', 'day', '--in-progress', '--wait', '--json']
  const { code, output } = await pipeline.run(...report, '--at', new Date().toISOString())
  if (code !== 0) throw new Error(output)
  const api = await pipeline.start('api')
  const [, url = ''] = await api.printed(/"url":"([^"]+)"/)
  return { url, subjects: await chooseSubjects(pipeline, Number(JSON.parse(output).id)) }
}

/** An instance with a hostile name whose create fails on one host, and an exists that no launch agrees with. */
function hostileMessages(start: Instant): Message[] {
  const message = (event: string, seconds: number, payload: object = {}, priority = 'info'): Message => ({
    exchange: 'nova',
    routing_key: `notifications.${priority}`,
    body: Buffer.from(
      JSON.stringify({
        event_type: `compute.instance.${event}`,
        publisher_id: `compute.${FAILED.host}`,
        message_id: `hostile ${event} ${seconds}`,
        timestamp: formatInstant(start + seconds * SECOND),
        priority: priority.toUpperCase(),
        _context_request_id: FAILED.requestId,
        _context_user_id: HOSTILE,
        payload: {
          instance_id: FAILED.uuid,
          tenant_id: 'c0ffee',
          display_name: HOSTILE,
          instance_type: HOSTILE,
          image_name: HOSTILE,
          instance_flavor_id: HOSTILE,
          host: FAILED.host,
          ...payload,
        },
      }),
    ),
  })
  const exception = { kwargs: {}, message: `${FAILED.error} ${HOSTILE}` }
  const day = 86_400 * SECOND
  const audit = { audit_period_beginning: formatInstant(start - day), audit_period_ending: formatInstant(start) }
  return [
    message('create.start', 0),
    message('create.error', 12, { exception, message: `${FAILED.error} ${HOSTILE}`, code: 500 }, 'error'),
    message('exists', 60, { ...audit, launched_at: formatInstant(start - day), tenant_id: HOSTILE }),
  ]
}

async function chooseSubjects({ database }: Pipeline, report: number): Promise<Subjects> {
  const { rows } = await database.pool.query<Omit<Subjects, 'report'>>(
    `select instance, request_id as request, tenant, notification_id as notification, name as operation
       from operation
      where name = 'compute.instance.create' and jsonb_array_length(attempts) > 1
      order by id limit 1`,
  )
  const [subjects] = rows
  if (subjects === undefined) throw new Error('the simulated cloud has no retried create')
  return { ...subjects, report }
}
