import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Truth } from '@stacktach/simulator'
import { type Detour, detour, publish } from '@stacktach/testing'
import { type Observation, observe, observedPrograms, total } from './observe.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { until } from './until.ts'

const HOURS = 2
const deployments = ['east', 'west']

/** Bodies that are rejected, by reason. */
const rejectedBodies = {
  'not json': ['{', 'x', '['],
  'no event_type': ['{"a":1}', '{"a":2}'],
  'not utf-8': ['\xff\xfe'],
}
const rejectedCount = Object.values(rejectedBodies).flat().length

let pipeline: Pipeline
let truth: Truth
let database: Detour
let redis: Detour
let processes: Observation['processes']
let request: Observation['request']
let scrape: Observation['scrape']
let api: string

/** Messages that reach a queue. Duplicates are sent to the topic `monitor`; the queue of glance is not bound to it. */
function sent() {
  const { nova, glance } = truth.services
  return { nova: nova.messages, glance: glance.notifications }
}

beforeAll(async () => {
  pipeline = await startPipeline(deployments, { METRICS_PORT: '0' })
  database = await detour(pipeline.environment.DATABASE_URL ?? '')
  redis = await detour(pipeline.environment.REDIS_URL ?? '')
  await Promise.all([database.open(), redis.open()])
  Object.assign(pipeline.environment, { DATABASE_URL: database.url, REDIS_URL: redis.url })
  ;({ processes, request, scrape, api } = await observe(pipeline))
  const options = {
    seed: 'metrics',
    format: 'both' as const,
    deployments,
    operations: 60,
    failures: 0.2,
    duplicates: 0.2,
  }
  const cloud = await simulate(pipeline, hoursAgo(HOURS), HOURS, options)
  truth = cloud.truth
  await publish(
    pipeline.vhost,
    Object.values(rejectedBodies)
      .flat()
      .map((body) => ({ exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(body, 'latin1') })),
  )
  await pipeline.settled(cloud.notifications + rejectedCount)
  // The last duplicates are acknowledged after the last new message.
  await until(
    async () => total(await scrape('ingest'), 'batch_messages_sum') >= sent().nova + sent().glance + rejectedCount,
  )
})

afterAll(async () => {
  await pipeline?.stop()
  await Promise.all([database?.shut(), redis?.shut()])
})

describe('messages of a simulated cloud are counted', () => {
  test('by ingest: received, stored, duplicate, and rejected by reason', async () => {
    const { nova, glance } = truth.services
    const messages = sent().nova + sent().glance
    const notifications = nova.notifications + glance.notifications
    expect(messages).toBeGreaterThan(notifications)
    const counted = await scrape('ingest')
    for (const exchange of ['nova', 'glance'] as const) {
      const rejected = exchange === 'nova' ? rejectedCount : 0
      const all = sent()[exchange]
      const { notifications: distinct } = truth.services[exchange]
      expect({
        received: total(counted, 'messages_received_total', { exchange }),
        stored: total(counted, 'notifications_stored_total', { exchange }),
        duplicates: total(counted, 'notifications_duplicate_total', { exchange }),
        inBatches: total(counted, 'batch_messages_sum', { exchange }),
      }).toEqual({
        received: all + rejected,
        stored: distinct,
        duplicates: all - distinct,
        inBatches: all + rejected,
      })
    }
    for (const [reason, bodies] of Object.entries(rejectedBodies)) {
      expect(total(counted, 'messages_rejected_total', { deployment: 'east', reason })).toBe(bodies.length)
    }
    expect(total(counted, 'messages_rejected_total')).toBe(rejectedCount)
    expect(total(counted, 'messages_rejected_total', { deployment: 'west' })).toBe(0)
    expect(total(counted, 'notification_lag_seconds_count')).toBe(messages)
    expect(total(counted, 'batch_duration_seconds_count')).toBe(total(counted, 'batch_messages_count'))
    expect(total(counted, 'exchange_consuming')).toBe(2 * deployments.length)
    expect(total(counted, 'batch_failures_total')).toBe(0)
  })

  test('by ingest: messages and consumers of the queues', async () => {
    const queues = ['stacktach_nova', 'stacktach_glance']
    await until(async () => {
      const { samples } = await scrape('ingest')
      const depths = samples.filter(({ name }) => name === 'stacktach_queue_messages')
      return depths.length === deployments.length * queues.length && depths.every(({ value }) => value === 0)
    })
    for (const deployment of deployments) {
      for (const queue of queues) {
        expect(total(await scrape('ingest'), 'queue_consumers', { deployment, queue })).toBe(1)
      }
    }
  })

  test('by jobs: folds, and the content of the database', async () => {
    const { pool } = pipeline.database
    const { rows } = await pool.query<{ pending: number; last: number }>(
      `select (select count(*)::int from instance_exists where status = 'pending') as pending,
              (select max(last_when) from deployment) as last`,
    )
    const [stored] = rows
    expect(stored?.pending).toBeGreaterThan(0)
    // Values from the database may be ten seconds old.
    await until(
      async () => total(await scrape('jobs'), 'exists', { service: 'nova', status: 'pending' }) === stored?.pending,
    )
    await until(async () => total(await scrape('jobs'), 'backlog_rows') === 0)
    const counted = await scrape('jobs')
    expect(total(counted, 'rejected_messages')).toBe(rejectedCount)
    expect(total(counted, 'outbox_unsent')).toBe(0)
    expect(total(counted, 'backlog_oldest_age_seconds')).toBe(0)
    const lastTimes = deployments.map((deployment) =>
      total(counted, 'deployment_last_notification_timestamp_seconds', { deployment }),
    )
    expect(Math.max(...lastTimes)).toBe(Number(stored?.last) / 1e6)
    expect(total(counted, 'jobs_finished_total', { job_name: 'usage', outcome: 'done' })).toBeGreaterThan(0)
    expect(total(counted, 'jobs_finished_total', { outcome: 'failed' })).toBe(0)
    expect(total(counted, 'job_duration_seconds_count')).toBe(total(counted, 'jobs_finished_total'))
    // This job folds every nova notification of an instance at least once, and images.
    expect(total(counted, 'backlog_folded_total', { job_name: 'usage' })).toBeGreaterThanOrEqual(
      Object.values(truth.instances).reduce((sum, { notifications }) => sum + notifications, 0),
    )
  })

  test('by the api: every request, by endpoint and status', async () => {
    const paths = ['/stacky/events', '/stacky/events', '/stacky/kpi/nobody', '/stacky/uuid', '/nope', '/healthz']
    for (const path of paths) await (await fetch(new URL(path, api))).text()
    const requests = async (endpoint: string, status: string) =>
      total(await scrape('api'), 'api_request_duration_seconds_count', { endpoint, status })
    await until(async () => (await requests('healthz', '200')) === 1)
    expect(await requests('events', '200')).toBe(2)
    expect(await requests('kpi/:tenant', '404')).toBe(1)
    expect(await requests('uuid', '400')).toBe(1)
    expect(await requests('none', '404')).toBe(1)
    expect(total(await scrape('api'), 'api_request_duration_seconds_count')).toBe(paths.length)
  })
})

describe('each request', () => {
  const headers = { authorization: 'Bearer stacktach_secret-of-the-client' }

  /** The log line of the request with an id. */
  async function lineOf(id: string): Promise<Record<string, unknown>> {
    const process = processes.api
    await process.printed(new RegExp(`"requestId":"${id}".*"answered"`))
    const lines = process
      .output()
      .split('\n')
      .filter((line) => line.includes(`"requestId":"${id}"`))
    expect(lines).toHaveLength(1)
    return JSON.parse(lines[0] ?? '')
  }

  test('has an id in its response and in one log line, and its token is not logged', async () => {
    const response = await fetch(new URL('/stacky/events?service=nova', api), { headers })
    const id = response.headers.get('x-request-id') ?? ''
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(await lineOf(id)).toMatchObject({
      level: 30,
      method: 'GET',
      endpoint: 'events',
      status: 200,
      milliseconds: expect.any(Number),
    })
    expect(processes.api.output()).not.toContain('secret-of-the-client')
  })

  test('keeps the request id of a proxy', async () => {
    const id = 'req-3f0a.71=/x:1@a+b'
    const response = await fetch(new URL('/stacky/nope', api), { headers: { 'x-request-id': id } })
    expect(response.headers.get('x-request-id')).toBe(id)
    await processes.api.printed(/"requestId":"req-3f0a\.71=\/x:1@a\+b","method":"GET","endpoint":null,"status":404/)
  })

  test.each(['', 'a b', 'a"b', 'a,b', 'é', 'x'.repeat(129)])(
    'gets a new id instead of the invalid id %.20p',
    async (id) => {
      const response = await fetch(new URL('/stacky/hosts', api), { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    },
  )
})

describe('each process', () => {
  test.each(observedPrograms)('%s is alive and ready', async (program) => {
    expect(await request(program, '/healthz')).toEqual({ status: 200, text: 'alive\n' })
    expect(await request(program, '/readyz')).toEqual({ status: 200, text: 'ready\n' })
  })

  test('serves its metrics only on the metrics port', async () => {
    for (const path of ['/metrics', '/loglevel']) expect((await fetch(new URL(path, api))).status).toBe(404)
  })

  test('changes its log level on request', async () => {
    const process = processes.api
    const requestWithId = async (id: string) => {
      await (await fetch(new URL('/healthz', api), { headers: { 'x-request-id': id } })).text()
    }
    await requestWithId('before')
    expect(await request('api', '/loglevel', { method: 'PUT', body: 'debug' })).toEqual({
      status: 200,
      text: 'debug\n',
    })
    await requestWithId('between')
    await process.printed(/"requestId":"between"/)
    await request('api', '/loglevel', { method: 'PUT', body: 'info' })
    await requestWithId('after')
    await fetch(new URL('/stacky/hosts', api), { headers: { 'x-request-id': 'last' } })
    await process.printed(/"requestId":"last"/)
    expect(process.output()).not.toMatch(/"requestId":"(?:before|after)"/)
  })

  test('writes a line for each batch and each job', async () => {
    await processes.ingest.printed(
      /"deployment":"east","exchange":"nova","received":\d+,"stored":\d+,"rejected":\d+,.*"milliseconds":\d+,"msg":"stored"/,
    )
    await processes.ingest.printed(/"rejected":[1-9]\d*,"reasons":\{"not json":/)
    await processes.jobs.printed(
      /"queue":"aggregation","job":"usage","milliseconds":\d+,"result":\{"folded":\d+\},"msg":"job done"/,
    )
  })
})

describe('while the database and Redis are unavailable', () => {
  const failures = async (collection: string) =>
    total(await scrape('jobs'), 'collection_failures_total', { collection })

  beforeAll(async () => {
    await Promise.all([database.shut(), redis.shut()])
  })

  test.each(observedPrograms)('%s is alive, and reports why it is not ready', async (program) => {
    const { status, text } = await request(program, '/readyz')
    expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining('the database does not answer: ') })
    if (program === 'jobs') expect(text).toContain('Redis does not answer\n')
    expect(await request(program, '/healthz')).toEqual({ status: 200, text: 'alive\n' })
  })

  test('metrics from them are missing, and all other metrics are exposed', async () => {
    const missing = [
      'stacktach_backlog_rows',
      'stacktach_rejected_messages',
      'stacktach_exists',
      'stacktach_queue_jobs',
    ]
    await until(async () => {
      const { samples } = await scrape('jobs')
      return !samples.some(({ name }) => missing.includes(name))
    }, 30_000)
    for (const collection of ['backlog', 'stored', 'exists', 'jobs'])
      expect(await failures(collection)).toBeGreaterThan(0)
    expect(total(await scrape('jobs'), 'jobs_finished_total')).toBeGreaterThan(0)
    expect(total(await scrape('ingest'), 'notifications_stored_total')).toBeGreaterThan(0)
  })

  test('all processes are ready again when both are available again', async () => {
    await Promise.all([database.open(), redis.open()])
    for (const program of observedPrograms)
      await until(async () => (await request(program, '/readyz')).status === 200, 30_000)
    await until(async () => total(await scrape('jobs'), 'rejected_messages') === rejectedCount, 30_000)
  })
})
