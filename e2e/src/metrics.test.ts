import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Truth } from '@stacktach/simulator'
import { publish, type TestProcess } from '@stacktach/testing'
import { parse } from 'yaml'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'
import { type Exposition, metricOf, namesIn, parseExposition } from './promql.ts'
import { until } from './rejected.ts'
import { hoursAgo, simulate } from './simulate.ts'

const HOURS = 2
const deployments = ['east', 'west']
const programs = ['ingest', 'jobs', 'api'] as const

/** Bodies that cannot be stored, by why; as many of each as it has. */
const bad = {
  'not json': ['{', 'x', '['],
  'no event_type': ['{"a":1}', '{"a":2}'],
  'not utf-8': ['\xff\xfe'],
}
const badMessages = Object.values(bad).flat().length

let pipeline: Pipeline
let truth: Truth
let api: string
const started = new Map<Program, { process: TestProcess; metrics: string }>()

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const processOf = (program: Program) => {
  const found = started.get(program)
  if (found === undefined) throw new Error(`${program} has not started`)
  return found
}

async function ask(program: Program, path: string, options: RequestInit = {}) {
  const response = await fetch(new URL(path, processOf(program).metrics), options)
  return { status: response.status, text: await response.text() }
}

async function scrape(program: Program): Promise<Exposition> {
  const { status, text } = await ask(program, '/metrics')
  expect(status).toBe(200)
  return parseExposition(text)
}

/** The sum of a metric's samples with these labels. */
function total({ samples }: Exposition, name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === `stacktach_${name}`)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

beforeAll(async () => {
  pipeline = await startPipeline(deployments, { METRICS_PORT: '0' })
  for (const program of programs) {
    const process = await pipeline.start(program)
    const [, metrics = ''] = await process.printed(/"metrics":"([^"]+)"/)
    started.set(program, { process, metrics })
  }
  const [, url = ''] = await processOf('api').process.printed(/"url":"([^"]+)"/)
  api = url
  const options = {
    seed: 'metrics',
    format: 'both' as const,
    deployments,
    operations: 60,
    failures: 0.2,
    duplicates: 0.2,
  }
  const simulated = await simulate(pipeline, hoursAgo(HOURS), HOURS, options)
  truth = simulated.truth
  await publish(
    pipeline.vhost,
    Object.values(bad)
      .flat()
      .map((body) => ({ exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(body, 'latin1') })),
  )
  await pipeline.settled(simulated.notifications + badMessages)
  // The last duplicates are acknowledged after the last new one.
  const { nova, glance } = truth.services
  await until(
    async () => total(await scrape('ingest'), 'batch_messages_sum') >= nova.messages + glance.messages + badMessages,
  )
})

afterAll(() => pipeline?.stop())

describe('what a simulated cloud sent is counted', () => {
  test('by ingest: received, stored, doubled, and rejected by why', async () => {
    const { nova, glance } = truth.services
    const messages = nova.messages + glance.messages
    const notifications = nova.notifications + glance.notifications
    expect(messages).toBeGreaterThan(notifications)
    const counted = await scrape('ingest')
    for (const [exchange, service] of Object.entries({ nova, glance })) {
      const more = exchange === 'nova' ? badMessages : 0
      expect({
        received: total(counted, 'messages_received_total', { exchange }),
        stored: total(counted, 'notifications_stored_total', { exchange }),
        doubled: total(counted, 'notifications_doubled_total', { exchange }),
        inBatches: total(counted, 'batch_messages_sum', { exchange }),
      }).toEqual({
        received: service.messages + more,
        stored: service.notifications,
        doubled: service.messages - service.notifications,
        inBatches: service.messages + more,
      })
    }
    for (const [reason, bodies] of Object.entries(bad)) {
      expect(total(counted, 'messages_rejected_total', { deployment: 'east', reason })).toBe(bodies.length)
    }
    expect(total(counted, 'messages_rejected_total')).toBe(badMessages)
    expect(total(counted, 'messages_rejected_total', { deployment: 'west' })).toBe(0)
    expect(total(counted, 'notification_lag_seconds_count')).toBe(messages)
    expect(total(counted, 'batch_duration_seconds_count')).toBe(total(counted, 'batch_messages_count'))
    expect(total(counted, 'exchange_subscribed')).toBe(2 * deployments.length)
    expect(total(counted, 'batch_failures_total')).toBe(0)
  })

  test('by ingest: what the brokers hold', async () => {
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

  test('by jobs: folds, and what is in the database', async () => {
    const { pool } = pipeline.database
    const { rows } = await pool.query<{ pending: number; last: string }>(
      `select (select count(*)::int from instance_exists where status = 'pending') as pending,
              (select max(last_when) from deployment) as last`,
    )
    const [stored] = rows
    expect(stored?.pending).toBeGreaterThan(0)
    // What is asked of the database may be ten seconds old.
    await until(
      async () => total(await scrape('jobs'), 'exists', { service: 'nova', status: 'pending' }) === stored?.pending,
    )
    await until(async () => total(await scrape('jobs'), 'backlog_rows') === 0)
    const counted = await scrape('jobs')
    expect(total(counted, 'rejected_messages')).toBe(badMessages)
    expect(total(counted, 'publications_unsent')).toBe(0)
    expect(total(counted, 'backlog_oldest_age_seconds')).toBe(0)
    const lasts = deployments.map((deployment) =>
      total(counted, 'deployment_last_notification_timestamp_seconds', { deployment }),
    )
    expect(Math.max(...lasts)).toBe(Number(stored?.last) / 1e6)
    expect(total(counted, 'jobs_finished_total', { job_name: 'usage', outcome: 'done' })).toBeGreaterThan(0)
    expect(total(counted, 'jobs_finished_total', { outcome: 'failed' })).toBe(0)
    expect(total(counted, 'job_duration_seconds_count')).toBe(total(counted, 'jobs_finished_total'))
    // Every nova notification of an instance is folded at least once, and nothing else by this job but images.
    expect(total(counted, 'backlog_folded_total', { job_name: 'usage' })).toBeGreaterThanOrEqual(
      Object.values(truth.instances).reduce((sum, { notifications }) => sum + notifications, 0),
    )
  })

  test('by the api: every answer, by endpoint and status', async () => {
    const asked = ['/stacky/events', '/stacky/events', '/stacky/kpi/nobody', '/stacky/uuid', '/nope', '/healthz']
    for (const path of asked) await (await fetch(new URL(path, api))).text()
    const calls = async (endpoint: string, status: string) =>
      total(await scrape('api'), 'api_request_duration_seconds_count', { endpoint, status })
    await until(async () => (await calls('healthz', '200')) === 1)
    expect(await calls('events', '200')).toBe(2)
    expect(await calls('kpi/:tenant', '404')).toBe(1)
    expect(await calls('uuid', '400')).toBe(1)
    expect(await calls('none', '404')).toBe(1)
    expect(total(await scrape('api'), 'api_request_duration_seconds_count')).toBe(asked.length)
  })
})

describe('each call', () => {
  const tokens = { authorization: 'Bearer stacktach_secret-of-the-caller' }

  /** The line of the log about the call with an id. */
  async function lineOf(id: string): Promise<Record<string, unknown>> {
    const { process } = processOf('api')
    await process.printed(new RegExp(`"requestId":"${id}".*"answered"`))
    const lines = process
      .output()
      .split('\n')
      .filter((line) => line.includes(`"requestId":"${id}"`))
    expect(lines).toHaveLength(1)
    return JSON.parse(lines[0] ?? '')
  }

  test('has an id, in its answer and in one line of the log, and nothing of a token', async () => {
    const answer = await fetch(new URL('/stacky/events?service=nova', api), { headers: tokens })
    const id = answer.headers.get('x-request-id') ?? ''
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(await lineOf(id)).toMatchObject({
      level: 30,
      method: 'GET',
      endpoint: 'events',
      status: 200,
      milliseconds: expect.any(Number),
    })
    expect(processOf('api').process.output()).not.toContain('secret-of-the-caller')
  })

  test('keeps the id that a proxy gave it', async () => {
    const id = 'req-3f0a.71=/x:1@a+b'
    const answer = await fetch(new URL('/stacky/nope', api), { headers: { 'x-request-id': id } })
    expect(answer.headers.get('x-request-id')).toBe(id)
    await processOf('api').process.printed(
      /"requestId":"req-3f0a\.71=\/x:1@a\+b","method":"GET","endpoint":null,"status":404/,
    )
  })

  test.each(['', 'a b', 'a"b', 'a,b', 'é', 'x'.repeat(129)])('has another than %.20p', async (id) => {
    const answer = await fetch(new URL('/stacky/hosts', api), { headers: { 'x-request-id': id } })
    expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('each process', () => {
  test.each(programs)('%s is alive and ready', async (program) => {
    expect(await ask(program, '/healthz')).toEqual({ status: 200, text: 'alive\n' })
    expect(await ask(program, '/readyz')).toEqual({ status: 200, text: 'ready\n' })
  })

  test('shows its metrics on their own port alone', async () => {
    for (const path of ['/metrics', '/loglevel']) expect((await fetch(new URL(path, api))).status).toBe(404)
  })

  test('says more, and less, from then on that it is told so', async () => {
    const { process } = processOf('api')
    const call = async (id: string) => {
      await (await fetch(new URL('/healthz', api), { headers: { 'x-request-id': id } })).text()
    }
    await call('before')
    expect(await ask('api', '/loglevel', { method: 'PUT', body: 'debug' })).toEqual({ status: 200, text: 'debug\n' })
    await call('between')
    await process.printed(/"requestId":"between"/)
    await ask('api', '/loglevel', { method: 'PUT', body: 'info' })
    await call('after')
    await fetch(new URL('/stacky/hosts', api), { headers: { 'x-request-id': 'last' } })
    await process.printed(/"requestId":"last"/)
    expect(process.output()).not.toMatch(/"requestId":"(?:before|after)"/)
  })

  test('writes a line for each batch and each job', async () => {
    await processOf('ingest').process.printed(
      /"deployment":"east","exchange":"nova","received":\d+,"stored":\d+,"rejected":\d+,.*"milliseconds":\d+,"msg":"stored"/,
    )
    await processOf('ingest').process.printed(/"rejected":[1-9]\d*,"reasons":\{"not json":/)
    await processOf('jobs').process.printed(
      /"queue":"aggregation","job":"usage","milliseconds":\d+,"result":\{"folded":\d+\},"msg":"job done"/,
    )
  })
})

interface Rule {
  alert: string
  expr: string
  for: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

describe('dashboard, alert rules and documents name what there is', () => {
  /** Of all processes: types by name, and labels by name. */
  const types = new Map<string, string>()
  const labels = new Map<string, Set<string>>()
  const dashboard = JSON.parse(file('deploy/grafana/stacktach.json'))
  const rules: Rule[] = parse(file('deploy/prometheus/alerts.yml')).groups.flatMap(
    ({ rules }: { rules: Rule[] }) => rules,
  )
  const panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[] = dashboard.panels
  const targets = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))
  /** What Prometheus itself puts on every sample. */
  const targetLabels = ['job', 'instance']

  beforeAll(async () => {
    for (const program of programs) {
      const exposed = await scrape(program)
      for (const [name, type] of exposed.types) types.set(name, type)
      for (const { name, labels: given } of exposed.samples) {
        const metric = metricOf(exposed.types, name) ?? name
        const known = labels.get(metric) ?? new Set()
        for (const label of Object.keys(given)) known.add(label)
        labels.set(metric, known)
      }
    }
  })

  /** Fails unless every name in an expression is of a metric that a process exposes, and every label one that it has. */
  function check(expression: string, legend: string[] = []): void {
    const found = namesIn(expression.replaceAll('$__rate_interval', '5m'))
    expect(found.metrics.size).toBeGreaterThan(0)
    const known = new Set(targetLabels)
    for (const name of found.metrics) {
      if (name === 'up') continue
      const metric = metricOf(types, name)
      expect({ expression, name, metric }).toEqual({ expression, name, metric: expect.any(String) })
      for (const label of labels.get(metric ?? '') ?? []) known.add(label)
    }
    expect({ expression, labels: [...found.labels, ...legend].filter((label) => !known.has(label)) }).toEqual({
      expression,
      labels: [],
    })
  }

  test('the parser of expressions sees names, and what is none', () => {
    const { metrics, labels } = namesIn('sum by (reason) (rate(a_total{job=~"x.*"}[5m])) / on (queue) b > 0')
    expect([[...metrics], [...labels]]).toEqual([
      ['a_total', 'b'],
      ['reason', 'job', 'queue'],
    ])
    expect(() => namesIn('rate(a_total[5m]')).toThrow('no PromQL')
    expect(() => check('sum(stacktach_messages_lost_total)')).toThrow()
    expect(() => check('sum by (tenant) (stacktach_messages_received_total)')).toThrow()
  })

  test('the dashboard', () => {
    expect(targets.length).toBeGreaterThan(20)
    for (const { expr, legendFormat } of targets) {
      check(
        expr,
        [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
      )
    }
    expect(new Set(dashboard.panels.map(({ id }: { id: number }) => id)).size).toBe(dashboard.panels.length)
  })

  test('the alerts, each with a section on what to do', () => {
    expect(rules.length).toBeGreaterThan(10)
    for (const rule of rules) {
      check(
        rule.expr,
        [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
      )
      expect(rule).toEqual({
        alert: expect.stringMatching(/^StackTach[A-Z]\w+$/),
        expr: rule.expr,
        for: expect.stringMatching(/^\d+m$/),
        labels: { severity: expect.stringMatching(/^(?:warning|critical)$/) },
        annotations: { summary: expect.any(String), runbook: `docs/alerts.md#${rule.alert.toLowerCase()}` },
      })
    }
    const sections = [...file('docs/alerts.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
    expect(sections).toEqual(rules.map(({ alert }) => alert))
  })

  test('the table of metrics has all of them, with their types and labels', () => {
    const ours = [...types].filter(([name]) => name.startsWith('stacktach_'))
    const rows = [...file('docs/metrics.md').matchAll(/^\| `(stacktach_\w+)` \| (\w+) \| ([^|]*) \|/gm)].map(
      ([, name, type, names = '']) => [name, type, [...names.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort()],
    )
    const exposed = ours.map(([name, type]) => [
      name,
      type,
      [...(labels.get(name) ?? [])].filter((label) => label !== 'le').sort(),
    ])
    expect(rows.sort()).toEqual(exposed.sort())
  })

  test('each of ours is on the dashboard or in an alert', () => {
    const used = new Set(
      [...targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')), ...rules.map(({ expr }) => expr)]
        .flatMap((expression) => [...namesIn(expression).metrics])
        .map((name) => metricOf(types, name)),
    )
    expect([...types.keys()].filter((name) => name.startsWith('stacktach_') && !used.has(name))).toEqual([])
  })

  test('no label has values that grow with the cloud', () => {
    const allowed =
      'collection deployment endpoint exchange job_name kind le outcome queue reason service state status'.split(' ')
    const ours = [...labels].filter(([name]) => name.startsWith('stacktach_')).flatMap(([, names]) => [...names])
    expect(new Set(ours)).toEqual(new Set(allowed))
  })
})
