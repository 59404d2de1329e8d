import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  createTestVhost,
  deploymentEntry,
  publish,
  type TestProcess,
  type TestVhost,
  type Topics,
  transientRefusal,
} from '@stacktach/testing'
import { createEnd, deleteEnd, exists, type Message } from './instanceMessages.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

/** Common to all tests: the database and a jobs process. */
let pipeline: Pipeline
/** Of one test. */
let vhost: TestVhost
let ingest: TestProcess | undefined

beforeAll(async () => {
  pipeline = await startPipeline(['east'], { VERIFY_SETTLE_SECONDS: '0', CONTROL_EXCHANGES: 'openstack,rpc' })
  await pipeline.start('jobs')
})

beforeEach(async () => {
  vhost = await createTestVhost()
})

afterEach(async () => {
  await ingest?.stop()
  ingest = undefined
  await pipeline.clear(0)
  await vhost.drop()
})

afterAll(() => pipeline.stop())

/** Starts an ingest process with the configured deployment. */
async function startIngest(): Promise<TestProcess> {
  ingest = await pipeline.start('ingest')
  return ingest
}

const bind = (queue: string, routing_key = 'notifications.*', from?: string) => ({
  queue,
  routing_key,
  ...(from === undefined ? {} : { from }),
})

/** Writes the deployments file; the overrides are those of the deployment's entry. */
async function configure(topics: Topics, overrides: object = {}, url = vhost.url): Promise<void> {
  const entry = { ...deploymentEntry('east', new URL(url), topics), ...overrides }
  await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [entry] }))
}

/** A notification of any service, in oslo.messaging's envelope. */
function notification(
  exchange: string,
  event_type: string,
  publisher_id: string | undefined,
  payload: unknown,
): Message {
  const message_id = `${exchange} ${event_type} ${publisher_id}`
  const body = { event_type, publisher_id, message_id, timestamp: '2026-11-22 08:00:00', payload }
  const envelope = { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(body) }
  return { exchange, routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(envelope)) }
}

const on = (exchange: string, message: Message): Message => ({ ...message, exchange })

async function eventsOf(service: 'nova' | 'glance' | 'generic'): Promise<string[]> {
  const { rows } = await pipeline.database.pool.query<{ event: string }>(
    `select event from notification_${service} order by "when", event`,
  )
  return rows.map(({ event }) => event)
}

async function rowsOf(sql: string): Promise<unknown[]> {
  return (await pipeline.database.pool.query(sql)).rows
}

describe('one queue bound to several exchanges', () => {
  const messages = [
    createEnd('i'),
    exists('i'),
    notification('glance', 'image.update', 'image.host-1', { id: 'image', status: 'active' }),
    notification('keystone', 'identity.project.created', 'identity.host-1', {}),
    { ...notification('nova', 'not a notification', 'x', {}), body: Buffer.from('[1]') },
    { ...notification('glance', 'not a notification', 'x', {}), body: Buffer.from('[2]') },
  ]

  async function bindToKeystone(): Promise<void> {
    const connection = await vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('keystone', 'topic', { durable: true })
    await channel.bindQueue('notifications.info', 'keystone', 'notifications.info')
    await connection.close()
  }

  test.each<[string, Topics]>([
    [
      'listed under two exchanges',
      { nova: [bind('notifications.info')], glance: [bind('notifications.info'), bind('stacktach_glance')] },
    ],
    [
      'listed under one, with the other in `from`',
      { nova: [bind('notifications.info'), bind('notifications.info', '#', 'glance')], glance: [] },
    ],
  ])('%s: consumed once, and each message counts for its exchange', async (_, topics) => {
    await configure(topics)
    // `from` must exist.
    const connection = await vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('glance', 'topic', { durable: true })
    await connection.close()
    await startIngest()
    await bindToKeystone()
    await publish(vhost, messages)
    await pipeline.settled(messages.length)
    expect(await eventsOf('nova')).toEqual(['compute.instance.create.end', 'compute.instance.exists'])
    expect(await eventsOf('glance')).toEqual(['image.update'])
    expect(await eventsOf('generic')).toEqual(['identity.project.created'])
    expect(
      await rowsOf('select exchange, convert_from(body, $$utf8$$) as body from rejected_message order by 2'),
    ).toEqual([
      { exchange: 'nova', body: '[1]' },
      { exchange: 'glance', body: '[2]' },
    ])
    const { output } = await pipeline.run('status', '--json')
    const { queues }: { queues: { queue: string; consumers: number }[] } = JSON.parse(output)
    expect(new Set(queues.map(({ consumers }) => consumers))).toEqual(new Set([1]))
    expect(await pipeline.run('check', 'ingest')).toEqual({ code: 0, output: '' })
  })

  test('messages that were moved to the queue by name count for the configured exchange', async () => {
    await configure({ nova: [bind('stacktach_nova')] })
    await startIngest()
    await publish(vhost, [{ ...createEnd('i'), exchange: '', routing_key: 'stacktach_nova' }])
    await pipeline.settled(1)
    expect(await eventsOf('nova')).toEqual(['compute.instance.create.end'])
  })
})

describe('an exchange of all services', () => {
  const volume = { volume_id: 'v', tenant_id: 'cafe', volume_attachment: [{ instance_uuid: 'i' }] }
  const messages = [
    ...[createEnd('i'), exists('i')].map((message) => on('openstack', message)),
    notification('openstack', 'volume.attach.end', 'volume.host-1@rbd#rbd', volume),
    notification('openstack', 'scheduler.create_volume', 'scheduler.host-1', { volume_id: 'v' }),
    notification('openstack', 'image.update', 'image.host-1', { id: 'image' }),
    notification('openstack', 'rescue_instance', 'compute.host-1', {
      exception: 'e',
      args: { instance: { uuid: 'i' } },
    }),
  ]

  async function expectServices(): Promise<void> {
    expect(await eventsOf('nova')).toEqual([
      'compute.instance.create.end',
      'rescue_instance',
      'compute.instance.exists',
    ])
    expect(await eventsOf('glance')).toEqual(['image.update'])
    expect(await eventsOf('generic')).toEqual(['scheduler.create_volume', 'volume.attach.end'])
    expect(await rowsOf('select event, instance from notification_generic where instance is not null')).toEqual([
      { event: 'volume.attach.end', instance: 'i' },
    ])
    await allVerified(pipeline.database)
    expect(await novaVerdicts(pipeline.database)).toEqual({ 'i exists 86460': null })
  }

  test.each<[string, Topics]>([
    ['named as an exchange', { openstack: [bind('stacktach_all')] }],
    ['in `from`', { nova: [bind('stacktach_nova', 'notifications.*', 'openstack')] }],
    [
      'with a queue of its own beside that of nova',
      { nova: [bind('stacktach_nova')], openstack: [bind('stacktach_nova')] },
    ],
  ])('%s: each notification counts for its service', async (_, topics) => {
    await configure(topics)
    const connection = await vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('openstack', 'topic', { durable: true })
    await connection.close()
    await startIngest()
    await publish(vhost, messages)
    await pipeline.settled(messages.length)
    await expectServices()
  })

  test('of another name, imported and replayed', async () => {
    const file = `${pipeline.deploymentsFile}.jsonl`
    const lines = messages.map(({ routing_key, body }) =>
      JSON.stringify({ deployment: 'east', exchange: 'rpc', routing_key, body: body.toString() }),
    )
    await writeFile(file, lines.slice(1).join('\n'))
    expect(await pipeline.run('import', file)).toMatchObject({ code: 0 })
    const [first] = messages
    await pipeline.database.pool.query(
      `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
       values ('east', 'rpc', 'notifications.info', 'no publisher_id', 'by an earlier version', $1::bytea, length($1::bytea), 'x', 1)`,
      [first?.body],
    )
    expect(await pipeline.run('rejected', 'replay', '--all')).toMatchObject({ code: 0 })
    await pipeline.settled(messages.length)
    await expectServices()
  })
})

test('notifications of other services are stored, and found by their instance', async () => {
  await configure({
    nova: [bind('stacktach_nova')],
    ironic: [bind('stacktach_ironic')],
    neutron: [bind('stacktach_neutron')],
    keystone: [bind('stacktach_keystone')],
  })
  const instance = '7d3e0bc7-ef6c-584e-b196-488f0492488f'
  const port = { id: 'p', device_id: instance, device_owner: 'compute:az-1' }
  const node = { 'ironic_object.name': 'NodePayload', 'ironic_object.data': { uuid: 'node', instance_uuid: instance } }
  const messages = [
    notification('keystone', 'identity.project.created', 'identity.keystone-api-5d8f9c-x2x7k', { id: 'x' }),
    notification('nova', 'audit.http.request', 'uwsgi', { typeURI: 'x' }),
    notification('nova', 'audit.http.request', '', { typeURI: 'y' }),
    notification('nova', 'audit.http.request', undefined, ['a list']),
    notification('ironic', 'baremetal.node.provision_set.end', 'ironic-conductor.ironic-0', node),
    notification('neutron', 'port.create.end', 'network.ctl-1', { ports: [port, { ...port, device_id: 'j' }] }),
    notification('neutron', 'port.update.end', 'network.ctl-1', { port }),
    notification('neutron', 'port.delete.end', 'network.ctl-1', { port: { ...port, device_owner: 'network:dhcp' } }),
  ]
  await startIngest()
  await publish(vhost, messages)
  await pipeline.settled(messages.length)
  expect(await rowsOf('select * from rejected_message')).toEqual([])
  expect(await rowsOf('select publisher, service, host from notification_nova group by 1, 2, 3 order by 1')).toEqual([
    { publisher: '', service: '', host: null },
    { publisher: 'uwsgi', service: 'uwsgi', host: null },
  ])
  const ask = await pipeline.api()
  const { status, body } = await ask(`/stacky/uuid?uuid=${instance}&service=generic`)
  expect(status).toBe(200)
  expect(JSON.stringify(body)).toContain('baremetal.node.provision_set.end')
  expect(JSON.stringify(body)).toContain('port.create.end')
  expect(JSON.stringify(body)).toContain('port.update.end')
  expect(JSON.stringify(body)).not.toContain('port.delete.end')
})

test('a broker that refuses transient queues: they are declared durable, with one warning, and consumed', async () => {
  const broker = await transientRefusal(vhost.url)
  try {
    const topics = { nova: [bind('monitor.info', 'monitor.info'), bind('monitor.error', 'monitor.error')] }
    await configure(topics, { durable_queue: false, exit_on_exception: true }, broker.url)
    const started = await startIngest()
    const stream = [createEnd('i'), deleteEnd('i', 100)].map((message) => ({ ...message, routing_key: 'monitor.info' }))
    await publish(vhost, stream)
    await pipeline.settled(stream.length)
    expect(broker.refused()).toBe(1)
    const lines = started.output().split('\n')
    const warnings = lines.filter((line) => /"level":(?:"warn"|40)/.test(line))
    expect(warnings).toEqual([expect.stringContaining('set \\"durable_queue\\": true in the deployments file')])
    expect(warnings[0]).toContain('transient_nonexcl_queues')
    expect(lines.filter((line) => /"level":(?:"error"|50)/.test(line))).toEqual([])
  } finally {
    await broker.close()
  }
})

test('an exchange that is deleted and redeclared: its messages arrive again without a restart', async () => {
  await configure({ nova: [bind('stacktach_nova')] })
  const started = await startIngest()
  const connection = await vhost.connect()
  const channel = await connection.createConfirmChannel()
  await channel.deleteExchange('nova')
  await channel.assertExchange('nova', 'topic', { durable: false })
  const isStored = async () => (await eventsOf('nova')).length > 0
  // Messages published before the queue is bound again are lost.
  const publishOne = () => channel.publish('nova', 'notifications.info', createEnd('i').body)
  await until(
    async () => {
      publishOne()
      return isStored()
    },
    60_000,
    'a message is stored',
  )
  await connection.close()
  expect(started.output()).not.toMatch(/"level":(?:"warn"|"error"|40|50)/)
})

describe('a broker with several hosts', () => {
  test.each(['127.0.0.1:1,127.0.0.1', ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1']])(
    'is reached through one that is available: %j',
    async (rabbit_host) => {
      await configure({ nova: [bind('stacktach_nova')] }, { rabbit_host })
      const started = await startIngest()
      await publish(vhost, [createEnd('i')])
      await pipeline.settled(1)
      for (const attempt of [1, 2, 3]) {
        const { code, output } = await pipeline.run('status', '--json')
        expect({ attempt, code, output }).toMatchObject({
          attempt,
          code: 0,
          output: expect.stringContaining('"consumers":1'),
        })
      }
      expect(started.output()).not.toContain(`the broker at ${String(rabbit_host)}`)
    },
  )

  test('is named by each host that does not answer', async () => {
    await configure({ nova: [bind('stacktach_nova')] }, { rabbit_host: '127.0.0.1:1,127.0.0.1:2' })
    ingest = pipeline.launch('ingest')
    await ingest.printed(/the broker at 127\.0\.0\.1:1 does not answer/)
    await ingest.printed(/the broker at 127\.0\.0\.1:2 does not answer/)
    const { code, output } = await pipeline.run('check', 'ingest')
    expect(code).toBe(1)
    expect(output).toContain('the broker at 127.0.0.1:1 does not answer')
    expect(output).toContain('the broker at 127.0.0.1:2 does not answer')
  })
})
