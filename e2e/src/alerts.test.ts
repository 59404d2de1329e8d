import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Producer } from '@stacktach/jobs'
import {
  captured,
  type Detour,
  deploymentEntry,
  detour,
  freePort,
  publish,
  services,
  type TestProcess,
} from '@stacktach/testing'
import { parse } from 'yaml'
import { z } from 'zod'
import { read, root } from './deploy.ts'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'
import { alertRules, type Monitoring, startMonitoring, type Targets } from './prometheus.ts'
import { runTool, tools } from './tools.ts'
import { until } from './until.ts'

const folder = join(root, 'deploy/prometheus')
const names = alertRules().groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))

describe('promtool', () => {
  let promtool = ''
  let amtool = ''
  beforeAll(async () => {
    ;[promtool = '', amtool = ''] = await tools('promtool', 'amtool')
  })

  test.each(['prometheus.yml', 'compose.yml'])('accepts %s and its rules', async (file) => {
    const { code, output } = await runTool(promtool, ['check', 'config', join(folder, file)])
    expect(output).toContain(`SUCCESS: ${names.length} rules found`)
    expect(code).toBe(0)
  })

  test('accepts the configuration of Alertmanager', async () => {
    expect(await runTool(amtool, ['check-config', join(folder, 'alertmanager.yml')])).toMatchObject({ code: 0 })
  })

  test('passes the unit tests of the rules: each fires in one case, and not in another', async () => {
    const unitTests = z
      .object({
        tests: z.array(
          z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
        ),
      })
      .parse(parse(read('deploy/prometheus/alerts.test.yml')))
    const cases = unitTests.tests.flatMap(({ alert_rule_test }) => alert_rule_test)
    for (const name of names) {
      const own = cases.filter(({ alertname }) => alertname === name)
      const expected = own.map(({ exp_alerts }) => exp_alerts.length)
      expect({ name, expected }).toEqual({ name, expected: expect.arrayContaining([0]) })
      expect(Math.max(...expected)).toBeGreaterThan(0)
    }
    const { code, output } = await runTool(promtool, ['test', 'rules', join(folder, 'alerts.test.yml')])
    expect(output).not.toContain('FAILED')
    expect(code).toBe(0)
  })
})

describe('a running Prometheus', () => {
  const topics = { nova: [{ queue: 'stacktach_nova', routing_key: 'notifications.*' }] }
  let pipeline: Pipeline
  let monitoring: Monitoring
  let database: Detour
  let redis: Detour
  let broker: Detour
  let targets: Targets
  let apiUrl = ''
  let startedAt = 0
  let testStartedAt = 0
  const processes = new Map<Program, TestProcess>()

  async function start(program: 'ingest' | 'jobs' | 'api') {
    pipeline.environment.METRICS_PORT = String(targets[program])
    const process = await pipeline.start(program)
    processes.set(program, process)
    return process
  }

  beforeAll(async () => {
    redis = await detour(services().redisUrl)
    await redis.open()
    pipeline = await startPipeline(['east'], {
      REDIS_URL: redis.url,
      VERIFY_SETTLE_SECONDS: '0',
      API_STATEMENT_TIMEOUT: '2000',
    })
    database = await detour(pipeline.environment.DATABASE_URL ?? '')
    broker = await detour(pipeline.vhost.url)
    await Promise.all([database.open(), broker.open()])
    pipeline.environment.DATABASE_URL = database.url
    const entry = deploymentEntry('east', new URL(broker.url), topics)
    await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [entry] }))
    targets = { ingest: await freePort(), jobs: await freePort(), api: await freePort() }
    await start('ingest')
    await start('jobs')
    const api = await start('api')
    ;[, apiUrl = ''] = await api.printed(/"url":"([^"]+)"/)
    startedAt = Date.now() / 1000
    monitoring = await startMonitoring(targets)
  })

  afterAll(async () => {
    await monitoring?.stop()
    await pipeline?.stop()
    await Promise.all([database, redis, broker].map((each) => each?.shut()))
  })

  beforeEach(() => {
    testStartedAt = Date.now() / 1000
  })

  let sequence = 0

  /** Publishes a classic notification of nova, as old as the given number of seconds. */
  function send(event: string, instance: string, ageSeconds: number, payload: object = {}, priority = 'info') {
    const notification = {
      event_type: `compute.instance.${event}`,
      publisher_id: 'compute.host-1',
      message_id: `message-${++sequence}`,
      priority: priority.toUpperCase(),
      timestamp: new Date(Date.now() - ageSeconds * 1000).toISOString().replace('T', ' ').replace('Z', '000'),
      _context_request_id: `req-${instance}`,
      payload: { instance_id: instance, tenant_id: 'cafe', instance_flavor_id: 'm1', ...payload },
    }
    const message = {
      exchange: 'nova',
      routing_key: `notifications.${priority}`,
      body: Buffer.from(JSON.stringify(notification)),
    }
    return publish(pipeline.vhost, [message])
  }

  /** Waits until each of the alerts has fired since the start of the current test; one may clear before the last fires. */
  async function fires(...alerts: readonly string[]) {
    for (const alert of alerts) {
      const query = `ALERTS{alertname="${alert}", alertstate="firing"}`
      await until(
        async () => (await monitoring.seriesSince(query, testStartedAt)) > 0,
        60_000,
        async () => `${alert} fires: only ${(await monitoring.firing()).join(', ')}`,
      )
    }
  }

  const clears = (...alerts: readonly string[]) =>
    until(
      async () => {
        const firing = await monitoring.firing()
        return alerts.every((alert) => !firing.includes(alert))
      },
      100_000,
      async () => `clearing ${alerts.join(', ')}: ${(await monitoring.firing()).join(', ')}`,
    )

  test('a deployment is silent for days; when it sends again, no alert fires', async () => {
    await publish(pipeline.vhost, captured('nova_unversioned'))
    await fires('StackTachDeploymentSilent')
    await send('update', 'fresh', 0)
    await clears('StackTachDeploymentSilent')
    await until(async () => (await monitoring.seriesSince('sum(up) == 3', startedAt)) > 0)
    await fetch(`${apiUrl}/stacky/deployments`)
    expect(await monitoring.firing()).toEqual([])
  })

  test('the cloud: a clock ahead, failures, stuck operations, exists and messages that are wrong', async () => {
    // Prometheus does not see an increase in the first value of a series.
    await send('create.error', 'first-failure', 5, { exception: 'NoValidHost' }, 'error')
    await until(async () => (await monitoring.seriesSince('sum(stacktach_failures_total) > 0', startedAt)) > 0)
    for (let failure = 0; failure < 12; failure++) {
      await send('create.error', `failure-${failure}`, 5, { exception: 'NoValidHost' }, 'error')
    }
    await send('create.start', 'stuck', 3_600)
    await publish(pipeline.vhost, [
      { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from('not json') },
    ])
    const day = new Date().toISOString().slice(0, 10)
    await send('exists', 'never-launched', 0, {
      state: 'active',
      launched_at: '2026-11-01 00:00:00',
      audit_period_beginning: `${day} 00:00:00`,
      audit_period_ending: `${day} 00:00:01`,
    })
    await fires('StackTachRejecting', 'StackTachExistsFailing', 'StackTachFailuresJumped', 'StackTachOperationStuck')
    await send('create.end', 'stuck', 0)
    await send('update', 'ahead', -85)
    await fires('StackTachClockAhead')
    await clears(
      'StackTachRejecting',
      'StackTachExistsFailing',
      'StackTachFailuresJumped',
      'StackTachOperationStuck',
      'StackTachClockAhead',
    )
  })

  test('the database is unavailable', async () => {
    await database.shut()
    const producer = new Producer(
      pipeline.environment.REDIS_URL ?? '',
      pipeline.environment.REDIS_PREFIX ?? '',
      () => {},
    )
    await producer.ready(5_000)
    await producer.enqueueForOperator('verify-nova', { range: null, again: false })
    await producer.close()
    const requests = setInterval(() => {
      void fetch(`${apiUrl}/stacky/deployments`).catch(() => {})
      void send('update', 'waiting', 0)
    }, 500)
    await fires('StackTachNotStoring', 'StackTachApiFailing', 'StackTachJobsFailing').finally(() =>
      clearInterval(requests),
    )
    await database.open()
    const answers = setInterval(() => void fetch(`${apiUrl}/stacky/deployments`).catch(() => {}), 200)
    await clears('StackTachNotStoring', 'StackTachApiFailing', 'StackTachJobsFailing').finally(() =>
      clearInterval(answers),
    )
  })

  test('the broker is unavailable', async () => {
    await broker.shut()
    await fires('StackTachNotConsuming', 'StackTachNoConsumers')
    await broker.open()
    await clears('StackTachNotConsuming', 'StackTachNoConsumers')
  })

  test('Redis is unavailable: nothing is aggregated', async () => {
    await redis.shut()
    await send('update', 'late', 3_600)
    await fires('StackTachBacklogOld')
    await redis.open()
    await clears('StackTachBacklogOld')
  })

  test('a process is down', async () => {
    await processes.get('api')?.stop()
    await fires('StackTachDown')
    await start('api')
    await clears('StackTachDown')
  })

  test('Alertmanager notifies the receiver of each severity, at the start and at the end', async () => {
    const expected = [
      'StackTachRejecting firing operators',
      'StackTachRejecting resolved operators',
      'StackTachDown firing on-call',
      'StackTachDown resolved on-call',
    ]
    await until(
      () => expected.every((notification) => monitoring.notifications().has(notification)),
      20_000,
      () => [...monitoring.notifications()].join(', '),
    )
  })

  test('each query of the dashboard has returned data', async () => {
    const dashboard = z
      .object({
        panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
      })
      .parse(JSON.parse(read('deploy/grafana/stacktach.json')))
    const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))
    expect(queries.length).toBeGreaterThan(30)
    const empty: string[] = []
    for (const { title, expr } of queries) {
      const query = expr.replaceAll('$__rate_interval', '10s')
      if ((await monitoring.seriesSince(query, startedAt)) === 0) empty.push(`${title}: ${expr}`)
    }
    expect(empty).toEqual([])
    await expect(monitoring.seriesSince('sum(stacktach_no_such_metric)', startedAt)).resolves.toBe(0)
  })
})
