import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { captured, publish } from '@stacktach/testing'
import { parse } from 'yaml'
import { observe, observedPrograms, total } from './observe.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { metricOf, namesIn } from './promql.ts'
import { until } from './until.ts'

/** Reads a file of the project: the metrics and labels in dashboard, alert rules and documents must be exposed. */
const readProjectFile = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Rule {
  alert: string
  expr: string
  for: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

let pipeline: Pipeline

/** Types and labels of the metrics of all processes, by name. */
const types = new Map<string, string>()
const labels = new Map<string, Set<string>>()
const dashboard = JSON.parse(readProjectFile('deploy/grafana/stacktach.json'))
const rules: Rule[] = parse(readProjectFile('deploy/prometheus/alerts.yml')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
)
const panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[] = dashboard.panels
const targets = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))
/** Labels that Prometheus adds to every sample. */
const targetLabels = ['job', 'instance']

beforeAll(async () => {
  pipeline = await startPipeline(['north'], { METRICS_PORT: '0' })
  const { api, scrape } = await observe(pipeline)
  // A metric has its labels only after its first value.
  await publish(pipeline.vhost, captured('glance_messagingv2'))
  // Failures, and operations that do not end.
  const ends = ['compute.instance.create.end', 'compute.instance.delete.end']
  await publish(
    pipeline.vhost,
    captured('nova_unversioned').filter(({ body }) => !ends.some((event) => body.includes(event))),
  )
  await until(async () => total(await scrape('ingest'), 'batch_messages_count') > 0)
  await until(async () => total(await scrape('jobs'), 'job_duration_seconds_count') > 0)
  await until(async () => total(await scrape('jobs'), 'deployment_last_notification_timestamp_seconds') > 0)
  await until(async () => total(await scrape('jobs'), 'operations_open') > 0)
  await until(async () => total(await scrape('jobs'), 'failures_total') > 0)
  await (await fetch(new URL('/stacky/events', api))).text()
  await until(async () => total(await scrape('api'), 'api_request_duration_seconds_count') > 0)
  for (const program of observedPrograms) {
    const exposition = await scrape(program)
    for (const [name, type] of exposition.types) types.set(name, type)
    for (const { name, labels: sampleLabels } of exposition.samples) {
      const metric = metricOf(exposition.types, name) ?? name
      const metricLabels = labels.get(metric) ?? new Set()
      for (const label of Object.keys(sampleLabels)) metricLabels.add(label)
      labels.set(metric, metricLabels)
    }
  }
})

afterAll(() => pipeline?.stop())

/** Fails if an expression or its legend has a metric that no process exposes, or a label that its metrics do not have. */
function check(expression: string, legend: string[] = []): void {
  const names = namesIn(expression.replaceAll('$__rate_interval', '5m'))
  expect(names.metrics.size).toBeGreaterThan(0)
  const knownLabels = new Set(targetLabels)
  for (const name of names.metrics) {
    if (name === 'up') continue
    const metric = metricOf(types, name)
    expect({ expression, name, metric }).toEqual({ expression, name, metric: expect.any(String) })
    for (const label of labels.get(metric ?? '') ?? []) knownLabels.add(label)
  }
  expect({ expression, labels: [...names.labels, ...legend].filter((label) => !knownLabels.has(label)) }).toEqual({
    expression,
    labels: [],
  })
}

test('names are found in expressions, and unknown names fail the check', () => {
  const { metrics, labels } = namesIn('sum by (reason) (rate(a_total{job=~"x.*"}[5m])) / on (queue) b > 0')
  expect([[...metrics], [...labels]]).toEqual([
    ['a_total', 'b'],
    ['reason', 'job', 'queue'],
  ])
  expect(() => namesIn('rate(a_total[5m]')).toThrow('not PromQL')
  expect(() => check('sum(stacktach_messages_lost_total)')).toThrow()
  expect(() => check('sum by (tenant) (stacktach_messages_received_total)')).toThrow()
})

test('the dashboard uses exposed metrics and labels', () => {
  expect(targets.length).toBeGreaterThan(20)
  for (const { expr, legendFormat } of targets) {
    check(
      expr,
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
    )
  }
  expect(new Set(dashboard.panels.map(({ id }: { id: number }) => id)).size).toBe(dashboard.panels.length)
})

test('the alerts use exposed metrics and labels', () => {
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
      annotations: { summary: expect.any(String), runbook: `docs/runbook.md#${rule.alert.toLowerCase()}` },
    })
  }
})

test('the table in docs/metrics.md has all metrics with their types and labels', () => {
  const ownMetrics = [...types].filter(([name]) => name.startsWith('stacktach_'))
  const rows = [...readProjectFile('docs/metrics.md').matchAll(/^\| `(stacktach_\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
    ([, name, type, names = '']) => [name, type, [...names.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort()],
  )
  const exposed = ownMetrics.map(([name, type]) => [
    name,
    type,
    [...(labels.get(name) ?? [])].filter((label) => label !== 'le').sort(),
  ])
  expect(rows.sort()).toEqual(exposed.sort())
})

test('each metric is on the dashboard or in an alert', () => {
  const used = new Set(
    [...targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')), ...rules.map(({ expr }) => expr)]
      .flatMap((expression) => [...namesIn(expression).metrics])
      .map((name) => metricOf(types, name)),
  )
  expect([...types.keys()].filter((name) => name.startsWith('stacktach_') && !used.has(name))).toEqual([])
})

test('no label has a number of values that grows with the cloud', () => {
  const allowed =
    'broker collection deployment endpoint event exchange job_name kind le operation outcome queue reason service state status'.split(
      ' ',
    )
  const ownLabels = [...labels].filter(([name]) => name.startsWith('stacktach_')).flatMap(([, names]) => [...names])
  expect(new Set(ownLabels)).toEqual(new Set(allowed))
})
