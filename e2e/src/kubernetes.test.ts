import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { apiConfig, ingestConfig, jobsConfig, migrateConfig } from '@stacktach/runtime'
import { parse } from 'yaml'
import { z } from 'zod'
import { read, root } from './deploy.ts'
import { manifests, type Resource, schemaFaults } from './kubernetes.ts'
import { namesIn } from './promql.ts'
import { runTool, tools } from './tools.ts'

const all = manifests()
const ofKind = (kind: string) => all.map(({ resource }) => resource).filter((resource) => resource.kind === kind)

const labels = z.record(z.string(), z.string())
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) })
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources: z.object({ requests: labels, limits: labels }),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean() })),
})
const workload = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    selector: z.object({ matchLabels: labels }).optional(),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.looseObject({
        automountServiceAccountToken: z.boolean(),
        securityContext: z.unknown(),
        containers: z.array(container).length(1),
        volumes: z.array(
          z.object({
            name: z.string(),
            secret: z.object({
              secretName: z.string(),
              defaultMode: z.number(),
              items: z.array(z.object({ key: z.string(), path: z.string() })),
            }),
          }),
        ),
      }),
    }),
  }),
})

const configs = { migrate: migrateConfig, ingest: ingestConfig, jobs: jobsConfig, api: apiConfig }
const programs = ['migrate', 'ingest', 'jobs', 'api'] as const
const isProgram = (name: string): name is (typeof programs)[number] => programs.some((program) => program === name)

/** Jobs and Deployments, with the container of each. */
const workloads = [...ofKind('Job'), ...ofKind('Deployment')].map((resource) => {
  const { metadata, spec } = workload.parse(resource)
  const [first] = spec.template.spec.containers
  if (first === undefined) throw new Error('a workload has a container')
  return { name: metadata.name, spec, pod: spec.template.spec, container: first, labels: spec.template.metadata.labels }
})

const configMap = z.looseObject({ data: labels }).parse(ofKind('ConfigMap')[0]).data

test('each manifest is valid by the schemas of Kubernetes', () => {
  expect(all.length).toBeGreaterThan(10)
  for (const { file, resource } of all) {
    expect({ file, kind: resource.kind, faults: schemaFaults(resource) }).toEqual({
      file,
      kind: resource.kind,
      faults: [],
    })
  }
})

test('a wrong type, a missing field and an unknown field are faults', () => {
  const [deployment] = ofKind('Deployment')
  const changed = (change: (text: string) => string): Resource => JSON.parse(change(JSON.stringify(deployment)))
  expect(schemaFaults(changed((text) => text.replace('"failureThreshold":30', '"failureThreshold":"30"')))).toEqual([
    expect.stringContaining('must be integer'),
  ])
  expect(schemaFaults(changed((text) => text.replace('"containers":', '"kontainers":')))).toEqual([
    expect.stringContaining('containers'),
  ])
  expect(schemaFaults(changed((text) => text.replace('"readOnlyRootFilesystem"', '"readonlyRootFilesystem"')))).toEqual(
    ['unknown field /spec/template/spec/containers/0/securityContext/readonlyRootFilesystem'],
  )
})

test('kustomization.yaml lists every manifest and the version of the project', () => {
  const { resources, images } = z
    .looseObject({
      resources: z.array(z.string()),
      images: z.array(z.object({ name: z.string(), newTag: z.string() }).loose()),
    })
    .parse(parse(read('deploy/kubernetes/kustomization.yaml')))
  const files = readdirSync(join(root, 'deploy/kubernetes')).filter((name) => name.endsWith('.yaml'))
  expect([...resources, 'kustomization.yaml'].sort()).toEqual(files.sort())
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')))
  expect(images).toMatchObject([{ name: 'stacktach', newTag: version }])
  expect(workloads[0]?.name).toBe(`stacktach-migrate-${version}`)
  for (const { container } of workloads) expect(container.image).toBe(`stacktach:${version}`)
})

test.each(workloads.map((each) => [each.name, each] as const))('%s has a valid configuration', (_, each) => {
  const { container, pod, spec, labels } = each
  const [program = ''] = container.args
  if (!isProgram(program)) throw new Error(`unknown program ${program}`)
  expect(container.envFrom).toEqual([{ configMapRef: { name: 'stacktach' } }])
  expect(spec.selector?.matchLabels ?? labels).toEqual(labels)
  expect(labels).toEqual({ 'app.kubernetes.io/name': 'stacktach', 'app.kubernetes.io/component': program })

  // Each file that a variable names is a key of the mounted Secret.
  const [volume] = pod.volumes
  const files = container.env.filter(({ name }) => name.endsWith('_FILE'))
  const keys = volume?.secret.items.map(({ key, path }) => [key, path])
  expect(keys).toEqual(files.map(({ value }) => value.replace('/etc/stacktach/', '')).map((key) => [key, key]))
  expect(volume?.secret.defaultMode).toBe(0o440)
  expect(container.volumeMounts).toEqual([{ name: volume?.name, mountPath: '/etc/stacktach', readOnly: true }])
  const urls = { DATABASE_URL: 'postgres://user:secret@db/stacktach', REDIS_URL: 'redis://redis' }
  const variables = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
  const environment: Record<string, string> = { ...configMap, ...variables }
  for (const [name, value] of Object.entries(urls)) {
    if (`${name}_FILE` in variables) {
      delete environment[`${name}_FILE`]
      environment[name] = value
    }
  }
  const config = configs[program](environment)
  expect(config.DATABASE_URL).toBe(urls.DATABASE_URL)

  expect(pod.automountServiceAccountToken).toBe(false)
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  if (program === 'migrate') return
  const metricsPort = container.ports.find(({ name }) => name === 'metrics')?.containerPort
  expect(config).toMatchObject({ METRICS_HOST: '0.0.0.0', METRICS_PORT: metricsPort })
  expect(container.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'metrics' })
  expect(container.startupProbe?.httpGet).toEqual({ path: '/healthz', port: 'metrics' })
  expect(container.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'metrics' })
  if ('API_PORT' in config) expect(container.ports).toContainEqual({ name: 'http', containerPort: config.API_PORT })
})

const selecting = z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: z.looseObject({}) })
const names = ['stacktach-api', 'stacktach-ingest', 'stacktach-jobs']

test('budgets, the service and autoscalers belong to the deployments', () => {
  expect(
    ofKind('Deployment')
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual(names)
  const budgets = ofKind('PodDisruptionBudget').map((budget) => selecting.parse(budget))
  expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(names)
  for (const { metadata, spec } of budgets) {
    const target = workloads.find(({ name }) => name === metadata.name)
    expect(spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: target?.labels } })
  }
  const [service] = ofKind('Service').map((each) => selecting.parse(each))
  expect(service?.spec.selector).toEqual(workloads.find(({ name }) => name === 'stacktach-api')?.labels)

  const { rules } = z
    .object({
      rules: z.object({
        external: z.array(z.looseObject({ name: z.object({ as: z.string() }), metricsQuery: z.string() })),
      }),
    })
    .parse(parse(read('deploy/kubernetes/prometheus-adapter.yml')))
  const metrics = new Map(rules.external.map(({ name, metricsQuery }) => [name.as, metricsQuery]))
  const autoscaler = z.looseObject({
    scaleTargetRef: z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    maxReplicas: z.number(),
    metrics: z.array(
      z.object({ type: z.literal('External'), external: z.looseObject({ metric: z.object({ name: z.string() }) }) }),
    ),
  })
  const specs = ofKind('HorizontalPodAutoscaler').map((each) => autoscaler.parse(selecting.parse(each).spec))
  expect(specs.map(({ scaleTargetRef }) => scaleTargetRef.name).sort()).toEqual(['stacktach-ingest', 'stacktach-jobs'])
  for (const { scaleTargetRef, metrics: used, maxReplicas } of specs) {
    expect(scaleTargetRef).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' })
    for (const { external } of used) {
      const { name } = external.metric
      expect([...namesIn(metrics.get(name) ?? '').metrics]).toEqual([name])
      expect(read('docs/metrics.md')).toContain(`| \`${name}\` | gauge |`)
    }
    const { SHARDS } = jobsConfig({ DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://redis' })
    if (scaleTargetRef.name === 'stacktach-jobs') expect(maxReplicas).toBe(SHARDS)
  }
})

test('the guide creates each file of the Secret', () => {
  const keys = new Set(
    workloads.flatMap(({ pod }) => pod.volumes.flatMap(({ secret }) => secret.items.map(({ key }) => key))),
  )
  const guide = read('docs/deploy.md')
  for (const key of keys) expect(guide).toContain(`--from-file=${key}`)
})

test('network policies select all pods, and name existing ports', () => {
  const [general, api] = ofKind('NetworkPolicy').map((each) => selecting.parse(each))
  expect(general?.spec).toMatchObject({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'stacktach' } },
    policyTypes: ['Ingress', 'Egress'],
  })
  expect(api?.spec).toMatchObject({
    podSelector: { matchLabels: workloads.find(({ name }) => name === 'stacktach-api')?.labels },
  })
  const ports = [...JSON.stringify([general, api]).matchAll(/"port":"(\w+)"/g)].map(([, port]) => port)
  const known = new Set(workloads.flatMap(({ container }) => container.ports.map(({ name }) => name)))
  expect(ports.length).toBe(2)
  for (const port of ports) expect(known).toContain(port)
})

let promtool = ''
beforeAll(async () => {
  ;[promtool = ''] = await tools('promtool')
})

test('promtool accepts the scrape configuration of the pods', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'))
  const file = join(folder, 'prometheus.yml')
  // Debian's Prometheus has no discovery in Kubernetes; everything else is checked.
  const configuration = read('deploy/kubernetes/prometheus.yml').replace(
    'kubernetes_sd_configs:\n      - role: pod',
    'static_configs:\n      - targets: ["127.0.0.1:9100"]',
  )
  expect(configuration).not.toContain('kubernetes_sd_configs')
  writeFileSync(file, configuration)
  expect(await runTool(promtool, ['check', 'config', '--syntax-only', file])).toMatchObject({ code: 0 })
  rmSync(folder, { recursive: true })
})
