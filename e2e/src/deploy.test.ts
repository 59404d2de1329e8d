import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { apiConfig, ingestConfig, jobsConfig, migrateConfig, operatorConfig, readDeployments } from '@stacktach/runtime'
import { runToEnd } from '@stacktach/testing'
import { parse } from 'yaml'
import { z } from 'zod'
import { compose, composeFaults, composeServices, environmentOf, filesOf, read, root, settings } from './deploy.ts'
import { startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const configs = { ingest: ingestConfig, jobs: jobsConfig, api: apiConfig, migrate: migrateConfig }

/** Names of `npm run …` that are commands of the image. */
const programs = [...read('scripts/run.mjs').matchAll(/^ {2}(\w+): \['/gm)].map(([, name]) => name)

test('the compose file is valid by the compose specification', () => {
  expect(composeFaults(compose())).toEqual([])
  const invalid = { services: { api: { image: 'x', helthcheck: {}, ports: 8000 } } }
  expect(composeFaults(invalid)).toEqual(expect.arrayContaining([expect.stringContaining('/services/api')]))
})

test('each process of the compose file has a valid configuration and waits for the services it needs', () => {
  const services = composeServices()
  const ownServices = Object.entries(services).filter(([, { image }]) => image === 'stacktach')
  expect(ownServices.map(([name]) => name).sort()).toEqual(['api', 'cloud', 'ingest', 'jobs', 'migrate'])
  for (const [, { command = [], environment = {}, volumes, depends_on }] of ownServices) {
    expect(programs).toContain(command[0])
    const [mounted] = volumes
    expect(mounted).toMatch(/:-\.\/deploy\/deployments\/compose\.json\}:\/etc\/stacktach\/deployments\.json:ro$/)
    expect(environment.STACKTACH_DEPLOYMENTS_FILE).toBe('/etc/stacktach/deployments.json')
    for (const [dependency, { condition }] of Object.entries(depends_on)) {
      if (condition === 'service_healthy') expect(services[dependency]?.healthcheck).toBeDefined()
      else expect([dependency, condition]).toEqual(['migrate', 'service_completed_successfully'])
    }
  }
  for (const [name, config] of Object.entries(configs)) {
    const environment = services[name]?.environment ?? {}
    const { DATABASE_URL } = config(environment)
    expect(Object.keys(services)).toContain(new URL(DATABASE_URL).hostname)
  }
  const { REDIS_URL } = operatorConfig(services.ingest?.environment ?? {})
  expect(Object.keys(services)).toContain(new URL(REDIS_URL).hostname)
  const [deployment] = readDeployments(join(root, 'deploy/deployments/compose.json'))
  expect(Object.keys(services)).toContain(deployment?.broker.nodes[0]?.host)
  // The passwords are public, so the ports must not be reachable from other machines.
  for (const port of Object.values(services).flatMap(({ ports }) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/)
})

test('a health check reports whether a process works, and the reason if not', async () => {
  const pipeline = await startPipeline(['east'], { METRICS_PORT: '0' })
  try {
    const api = await pipeline.start('api')
    const [, url = ''] = await api.printed(/"url":"([^"]+)"/)
    // The addresses of the processes. In its container each has the default port, or the one of the compose file.
    const addresses = new Map([['api', url]])
    const check = async (service: string) => {
      const [kind, command, file = '', ...args] = composeServices()[service]?.healthcheck?.test ?? []
      expect([kind, command]).toEqual(['CMD', 'node'])
      const address = addresses.get(service)
      const rest = args.filter((arg) => arg !== '--url' && !arg.startsWith('http:'))
      return runToEnd(
        join(root, file),
        [...rest, ...(address === undefined ? [] : ['--url', address])],
        pipeline.environment,
      )
    }
    expect(await Promise.all(['ingest', 'jobs', 'api'].map(check))).toEqual([
      { code: 1, output: 'east: queue stacktach_nova has no consumer\neast: queue stacktach_glance has no consumer\n' },
      {
        code: 1,
        output: ['aggregation', 'verification', 'webhooks', 'reports', 'maintenance']
          .map((queue) => `no jobs process works on queue ${queue}\n`)
          .join(''),
      },
      { code: 0, output: '' },
    ])
    const ingest = await pipeline.start('ingest')
    const jobs = await pipeline.start('jobs')
    await until(async () => (await check('jobs')).code === 0, 20_000)
    expect(await check('ingest')).toEqual({ code: 0, output: '' })
    const [, metrics = ''] = await ingest.printed(/"metrics":"([^"]+)"/)
    addresses.set('ingest', metrics)
    expect(await check('ingest')).toEqual({ code: 0, output: '' })
    const unanswered = {
      code: 1,
      output: expect.stringMatching(/^http:\S+ does not answer \(connect ECONNREFUSED .*\)\n$/),
    }
    // The broker counts all consumers, also those of a crashed node; the process knows its own.
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    for (const queue of ['stacktach_nova', 'stacktach_glance']) await channel.consume(queue, () => {})
    await ingest.stop()
    expect(await pipeline.run('check', 'ingest')).toEqual({ code: 0, output: '' })
    expect(await check('ingest')).toEqual(unanswered)
    await connection.close()
    await Promise.all([jobs.stop(), api.stop()])
    expect(await check('api')).toEqual(unanswered)
    await until(async () => (await check('jobs')).code === 1, 20_000)
  } finally {
    await pipeline.stop()
  }
})

test('the health check of ingest asks the process for its own consumers', () => {
  const { healthcheck, environment } = composeServices().ingest ?? {}
  expect(healthcheck?.test.slice(-2)).toEqual(['--url', `http://127.0.0.1:${environment?.METRICS_PORT}`])
})

/** The scrape configuration of Prometheus for each kind of process. */
const readScrapeConfig = (path: string) =>
  z
    .object({
      rule_files: z.array(z.string()),
      scrape_configs: z.array(
        z.object({
          job_name: z.string(),
          static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
          dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).default([]),
        }),
      ),
    })
    .parse(parse(read(path)))
const observed = { ingest: ingestConfig, jobs: jobsConfig, api: apiConfig }

test('Prometheus in the compose file scrapes every process', () => {
  const services = composeServices()
  const { rule_files, scrape_configs } = readScrapeConfig('deploy/prometheus/compose.yml')
  expect(scrape_configs).toEqual(
    Object.entries(observed).map(([name, config]) => {
      const { METRICS_HOST, METRICS_PORT } = config(services[name]?.environment ?? {})
      expect(METRICS_HOST).toBe('0.0.0.0')
      return {
        job_name: `stacktach-${name}`,
        static_configs: [],
        dns_sd_configs: [{ names: [name], port: METRICS_PORT }],
      }
    }),
  )
  for (const file of rule_files) expect(existsSync(join(root, 'deploy/prometheus', file))).toBe(true)
  const { prometheus, grafana } = services
  expect(prometheus?.volumes).toContain('./deploy/prometheus:/etc/prometheus:ro')
  expect(prometheus?.command).toContain('--config.file=/etc/prometheus/compose.yml')
  const mounts = [...(prometheus?.volumes ?? []), ...(grafana?.volumes ?? [])].filter((mount) => mount.startsWith('.'))
  for (const mount of mounts) expect(existsSync(join(root, mount.split(':')[0] ?? ''))).toBe(true)
  const [, folder] = /path: (\S+)/.exec(read('deploy/grafana/provisioning/dashboards/stacktach.yml')) ?? []
  expect(grafana?.volumes).toContain(`./deploy/grafana/stacktach.json:${folder}/stacktach.json:ro`)
  const [, source = ''] = /url: (\S+)/.exec(read('deploy/grafana/provisioning/datasources/prometheus.yml')) ?? []
  expect(Object.keys(services)).toContain(new URL(source).hostname)
})

test('the image is built from every workspace and does not run as root', () => {
  const dockerfile = read('Dockerfile')
  const { workspaces } = z.object({ workspaces: z.array(z.string()) }).parse(JSON.parse(read('package.json')))
  const folders = workspaces.flatMap((path) => (path.endsWith('/*') ? filesOf(path.slice(0, -2)) : [path]))
  for (const workspace of folders) {
    expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/\n`)
  }
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(last).toMatch(/\nUSER (?!root|0)\w+\n/)
})

test.each(filesOf('deploy/deployments'))('%s has its own queues and receives errors', (path) => {
  const deployments = readDeployments(join(root, path))
  expect(deployments).toHaveLength(1)
  for (const { topics, durable_queue } of deployments) {
    expect(durable_queue).toBe(true)
    expect(Object.keys(topics)).toEqual(['nova', 'glance'])
    for (const { queue, routing_key } of Object.values(topics).flat()) {
      // The queues of oslo.messaging have the names of their routing keys.
      expect(queue).toMatch(/^stacktach_/)
      expect(routing_key).toMatch(/\.\*$/)
    }
  }
})

test('the deployments file of kolla-ansible lists its RabbitMQ hosts, which the virtual address does not reach', () => {
  const [deployment] = readDeployments(join(root, 'deploy/deployments/kolla-ansible.json'))
  expect(deployment?.broker.nodes.map(({ port }) => port)).toEqual([5672, 5672, 5672])
  expect(deployment?.queue_arguments).toEqual({ 'x-queue-type': 'quorum', 'x-delivery-limit': -1 })
})

const nova = [
  'DEFAULT: instance_usage_audit = true',
  'DEFAULT: instance_usage_audit_period = hour',
  'notifications: notify_on_state_change = vm_and_task_state',
  'notifications: notification_format = unversioned',
]
const driver = [
  'oslo_messaging_notifications: driver = messagingv2',
  'oslo_messaging_notifications: topics = notifications',
]

test.each([
  ['deploy/clouds/kolla-ansible/nova.conf', [...nova, ...driver]],
  ['deploy/clouds/kolla-ansible/glance-api.conf', driver],
  ['deploy/clouds/devstack/local.conf', [...nova, ...driver, ...nova, ...driver, ...driver]],
])('%s configures the notifications of a cloud', (path, expected) => {
  expect(settings(path)).toEqual(expected)
})

test('systemd starts existing programs with a valid configuration, and does not restart them when it is invalid', () => {
  const units = filesOf('deploy/systemd').filter((path) => path.endsWith('.service'))
  expect(units).toHaveLength(4)
  for (const unit of units) {
    const unitSettings = settings(unit)
    const [, file = ''] =
      /^Service: ExecStart = \/usr\/bin\/node \/opt\/stacktach\/(\S+)/m.exec(unitSettings.join('\n')) ?? []
    expect(existsSync(join(root, file))).toBe(true)
    expect(unitSettings).toEqual(
      expect.arrayContaining(['Service: EnvironmentFile = /etc/stacktach/stacktach.env', 'Service: User = stacktach']),
    )
    if (file.startsWith('apps/cli')) expect(unitSettings.join('\n')).not.toContain('Service: Restart = ')
    else expect(unitSettings).toContain('Service: RestartPreventExitStatus = 2')
  }
  const environment = environmentOf('deploy/stacktach.env')
  for (const config of Object.values(configs)) expect(config(environment).DATABASE_URL).toBe(environment.DATABASE_URL)
  const targets = Object.entries(observed).map(([name, config]) => {
    const [unit = ''] = units.filter((path) => path.includes(`stacktach-${name}`))
    const assignments = settings(unit).flatMap((line) => [...line.matchAll(/^Service: Environment = (\w+)=(.+)$/g)])
    const variables = Object.fromEntries(
      assignments.map(([, variable, value = '']) => [variable, value.replace('%i', '1')]),
    )
    const { METRICS_HOST, METRICS_PORT } = config({ ...variables, ...environment })
    return { job_name: `stacktach-${name}`, static_configs: [{ targets: [`${METRICS_HOST}:${METRICS_PORT}`] }] }
  })
  expect(new Set(targets.flatMap(({ static_configs }) => static_configs[0]?.targets)).size).toBe(3)
  expect(readScrapeConfig('deploy/prometheus/prometheus.yml').scrape_configs).toMatchObject(targets)
  const wanted = settings('deploy/systemd/stacktach.target').find((line) => line.startsWith('Unit: Wants'))
  for (const unit of units) expect(wanted).toContain(unit.slice('deploy/systemd/'.length).replace('@.', '@1.'))
})
