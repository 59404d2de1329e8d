import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { freePort } from '@stacktach/testing'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { read } from './deploy.ts'
import { tools } from './tools.ts'
import { until } from './until.ts'

/** Seconds of the tests for each minute of the shipped rules. */
const SECONDS_PER_MINUTE = 1

/** No period is longer in the tests, because clearing an alert takes as long. */
const LONGEST_SECONDS = 20

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.looseObject({ alert: z.string(), expr: z.string(), for: z.string() })),
    }),
  ),
})

/** The shipped alert rules. */
export const alertRules = () => ruleFile.parse(parse(read('deploy/prometheus/alerts.yml')))

const unitMinutes = { m: 1, h: 60, d: 1440 } as const

/** A period of PromQL, such as `15m`, in the time of the tests. */
function shorten(period: string): string {
  const [, count = '0', unit = 'm'] = /^(\d+)([mhd])$/.exec(period) ?? []
  const minutes = Number(count) * (unit === 'h' || unit === 'd' ? unitMinutes[unit] : 1)
  return `${Math.min(minutes * SECONDS_PER_MINUTE, LONGEST_SECONDS)}s`
}

/** The shipped rules with short periods; thresholds are unchanged. */
function shortRules(): string {
  const { groups } = alertRules()
  return stringify({
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => ({
        ...rule,
        for: shorten(rule.for),
        expr: rule.expr
          .replace(/\[(\d+[mhd])\]/g, (_, period: string) => `[${shorten(period)}]`)
          .replace(/offset (\d+[mhd])/g, (_, period: string) => `offset ${shorten(period)}`),
      })),
    })),
  })
}

/** The jobs and ports of the processes. */
export type Targets = Record<'ingest' | 'jobs' | 'api', number>

/** A Prometheus with the shipped rules, and an Alertmanager that notifies this test. */
export interface Monitoring {
  /** Names of the alerts that fire, sorted. */
  firing(): Promise<string[]>
  /** Names of the alerts that were sent, with their status and receiver, such as `StackTachDown firing on-call`. */
  notifications(): ReadonlySet<string>
  /** The number of series that a query returned at some time since `from`, in seconds of unix time. */
  seriesSince(query: string, from: number): Promise<number>
  stop(): Promise<void>
}

/** Starts both with the shipped configurations, except for addresses and periods. */
export async function startMonitoring(targets: Targets): Promise<Monitoring> {
  const [prometheus = '', alertmanager = ''] = await tools('prometheus', 'alertmanager')
  const folder = mkdtempSync('/var/tmp/stacktach-prometheus-')
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()]
  const { sent, server, url } = await startReceiver()
  const children: ChildProcess[] = []
  let output = ''
  const start = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const append = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', append)
    child.stderr.on('data', append)
    children.push(child)
  }

  writeFileSync(join(folder, 'alerts.yml'), shortRules())
  const shipped = z.looseObject({}).parse(parse(read('deploy/prometheus/prometheus.yml')))
  const configuration = {
    ...shipped,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: Object.entries(targets).map(([name, port]) => ({
      job_name: `stacktach-${name}`,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    })),
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration))
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    read('deploy/prometheus/alertmanager.yml')
      .replace('group_wait: 30s', 'group_wait: 0s')
      .replace('group_interval: 5m', 'group_interval: 1s')
      .replaceAll('http://127.0.0.1:9099', url),
  )
  start(alertmanager, [
    '--config.file=alertmanager.yml',
    '--storage.path=alertmanager',
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
  ])
  start(prometheus, [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ])

  const api = `http://127.0.0.1:${prometheusPort}`
  const isReady = (address: string) =>
    fetch(address).then(
      ({ ok }) => ok,
      () => false,
    )
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${api}${path}`)
    const body: unknown = await response.json()
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`)
    return body
  }

  const monitoring: Monitoring = {
    async firing() {
      const { data } = alertsAnswer.parse(await get('/api/v1/alerts'))
      const alerts = data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
      return [...new Set(alerts)].sort()
    },
    notifications: () => sent,
    async seriesSince(query, from) {
      const parameters = new URLSearchParams({ query, start: String(from), end: String(Date.now() / 1000), step: '1' })
      return rangeAnswer.parse(await get(`/api/v1/query_range?${parameters}`)).data.result.length
    },
    async stop() {
      await Promise.all(children.map(end))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true })
    },
  }
  try {
    await until(() => isReady(`${api}/-/ready`), 20_000)
    await until(() => isReady(`http://127.0.0.1:${alertmanagerPort}/-/ready`), 20_000)
  } catch (error) {
    await monitoring.stop()
    throw new Error(`Prometheus or Alertmanager did not start:\n${output}`, { cause: error })
  }
  return monitoring
}

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
  }),
})

const rangeAnswer = z.object({ data: z.object({ result: z.array(z.unknown()) }) })

const webhookBody = z.object({
  receiver: z.string(),
  alerts: z.array(z.object({ status: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
})

/** The receivers of the Alertmanager. */
function startReceiver(): Promise<{ sent: Set<string>; server: Server; url: string }> {
  const sent = new Set<string>()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(Buffer.from(part))
    const { receiver, alerts } = webhookBody.parse(JSON.parse(Buffer.concat(parts).toString()))
    for (const { status, labels } of alerts) sent.add(`${labels.alertname} ${status} ${receiver}`)
    response.end()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      resolve({ sent, server, url: `http://127.0.0.1:${port}` })
    })
  })
}

function end(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(null)
    child.once('close', resolve)
    child.kill('SIGKILL')
  })
}
