import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { at, type Line, notification, Server, TENANT, uuidOf } from './messages.ts'
import { inEachOrder, inOrder, type Stage, startStage } from './play.ts'

const DEPLOYMENT = 'east'

const image = (name: string, status: string, created: string, fields: object = {}) => ({
  id: uuidOf(name),
  status,
  created_at: `${at(created).replace(' ', 'T')}Z`,
  owner: TENANT,
  size: status === 'queued' || status === 'importing' ? null : 4_194_304,
  deleted_at: null,
  properties: {},
  ...fields,
})

const glance = (event: string, time: string, payload: unknown, priority: 'info' | 'error' = 'info') =>
  notification(DEPLOYMENT, 'glance', { event: `image.${event}`, time, publisher: 'image.localhost', payload, priority })

/** The images of a cloud: an import without image.activate, an upload, and an upload that fails. */
const images = [
  glance('create', '08:10:11.5', image('imported', 'queued', '08:10:11')),
  glance('update', '08:10:15.5', image('imported', 'importing', '08:10:11')),
  glance('update', '08:11:15.5', image('imported', 'active', '08:10:11')),
  glance('update', '08:30:00', image('imported', 'active', '08:10:11', { size: 5 })),
  glance('delete', '09:11:15.5', image('imported', 'deleted', '08:10:11', { deleted_at: '2026-11-22T09:11:15Z' })),
  glance('upload', '08:20:01', image('uploaded', 'active', '08:20:00', { size: 7 })),
  glance('activate', '08:20:02', image('uploaded', 'active', '08:20:00')),
  glance('create', '08:00:11.5', image('failed', 'queued', '08:00:11')),
  glance('prepare', '08:00:20.5', image('failed', 'saving', '08:00:11')),
  glance('upload', '08:00:31.5', 'Image storage media is full: There is not enough disk space.', 'error'),
  glance('exists', '24:10:00', {
    owner: 'the notification',
    audit_period_beginning: at('00:00'),
    audit_period_ending: at('24:00'),
    images: [
      image('imported', 'deleted', '08:10:11', { deleted_at: '2026-11-22T09:11:15Z' }),
      image('uploaded', 'active', '08:20:00'),
    ],
  }),
]

const SECRET = 'hush77hush'

/** Secrets under names that no list has, and what must remain beside them. */
const secrets = [
  notification(DEPLOYMENT, 'neutron', {
    event: 'ipsec_site_connection.create.start',
    time: '08:31:00.1',
    publisher: 'network.ctl-1',
    payload: { ipsec_site_connection: { name: 'vpn1', psk: SECRET, peer_address: '203.0.113.9' } },
  }),
  notification(DEPLOYMENT, 'trove', {
    event: 'dbaas.instance.create',
    time: '08:32:00',
    publisher: 'taskmanager.db-1',
    payload: { users: [{ name: 'admin', database_password: SECRET }], name: 'vpn1' },
  }),
  notification(DEPLOYMENT, 'glance', {
    event: 'image.update',
    time: '08:33:00',
    publisher: 'image.localhost',
    payload: { id: uuidOf('secret'), name: 'vpn1', properties: { note: JSON.stringify({ s3_secret_key: SECRET }) } },
  }),
  notification(DEPLOYMENT, 'nova', {
    event: 'attach_volume',
    time: '08:34:00',
    priority: 'error',
    payload: {
      args: {
        instance: { uuid: uuidOf('attach') },
        bdm: { connection_info: JSON.stringify({ data: { auth_method: 'vpn1', auth_password: SECRET } }) },
      },
    },
  }),
]

const ironic = uuidOf('bare metal')
const port = { device_id: ironic, device_owner: 'compute:nova' }
const others = [
  notification(DEPLOYMENT, 'ironic', {
    event: 'baremetal.node.provision_set.end',
    time: '08:00:04',
    publisher: 'ironic-conductor.ironic-0',
    topic: 'ironic_versioned_notifications',
    payload: {
      'ironic_object.name': 'NodeSetProvisionStatePayload',
      'ironic_object.data': { uuid: uuidOf('node'), instance_uuid: ironic },
    },
  }),
  ...[{ ports: [port, port] }, { port }].map((payload, index) =>
    notification(DEPLOYMENT, 'neutron', {
      event: 'port.create.end',
      time: `08:00:0${5 + index}`,
      publisher: 'network.ctl-1',
      payload,
    }),
  ),
  notification(DEPLOYMENT, 'cinder', {
    event: 'volume.attach.end',
    time: '08:00:08',
    publisher: 'volume.ctl-1@rbd#rbd',
    payload: { volume_id: uuidOf('volume'), volume_attachment: [{ instance_uuid: ironic }] },
  }),
  notification(DEPLOYMENT, 'keystone', {
    event: 'identity.project.created',
    time: '08:00:09',
    publisher: 'identity.keystone-api-5d8f9c-x2x7k',
    payload: { resource_info: 'x' },
  }),
  ...['', undefined].map((publisher, index) =>
    notification(DEPLOYMENT, 'nova', {
      event: 'audit.http.request',
      time: `08:00:1${index}`,
      publisher,
      payload: { typeURI: 'x' },
    }),
  ),
]

const server = new Server(DEPLOYMENT)
const errors = ['finish_resize', 'attach_volume', 'rescue_instance'].map((event, index) =>
  notification(DEPLOYMENT, 'nova', {
    event,
    time: `09:00:0${index}`,
    priority: 'error',
    request: server.request(event),
    user: true,
    payload: { exception: "Failed('x')", args: { instance: { uuid: server.uuid } } },
  }),
)

/** A create whose scheduler reports its end last, and a request that only the scheduler handled. */
const scheduling = [
  { request: 'create', time: '08:00:40' },
  { request: 'scheduled', time: '10:00:00' },
].flatMap(({ request, time }) =>
  ['start', 'end'].map((phase, index) =>
    notification(DEPLOYMENT, 'nova', {
      event: `scheduler.select_destinations.${phase}`,
      time: `${time}.${index}`,
      publisher: 'nova-scheduler:ctl-1',
      topic: 'versioned_notifications',
      request: server.request(request),
      user: true,
      payload: { 'nova_object.name': 'RequestSpecPayload', 'nova_object.data': { instance_uuid: server.uuid } },
    }),
  ),
)
const created = server.create('08:00:10', '08:00:30.118204', '08:00:31')

const lines: Line[] = inOrder([...images, ...secrets, ...others, ...errors, ...created, ...scheduling])

const imageVerdicts = (stage: Stage) =>
  stage.query('select uuid, owner, fail_reason from image_exists order by created_at')

describe('under the rules of today', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await startStage()
  })

  afterAll(() => stage.stop())

  inEachOrder(
    lines,
    () => stage,
    () => {
      test('an imported image counts since it is active; an activation takes precedence', async () => {
        const usages = await stage.query(
          `select u.uuid, n.event, n."when", u.size::int
           from image_usage u join notification_glance n on n.id = u.notification_id order by u.created_at`,
        )
        expect(usages).toEqual([
          [uuidOf('imported'), 'image.update', expect.anything(), 4_194_304],
          [uuidOf('uploaded'), 'image.activate', expect.anything(), 4_194_304],
        ])
        const [[, , since] = []] = usages
        const [[expected] = []] = await stage.query(
          `select (extract(epoch from timestamp '2026-11-22 08:11:15.5') * 1000000)::bigint`,
        )
        expect(since).toBe(expected)
        expect(await stage.query('select uuid from image_delete')).toEqual([[uuidOf('imported')]])
        expect(await imageVerdicts(stage)).toEqual([
          [uuidOf('imported'), TENANT, null],
          [uuidOf('uploaded'), TENANT, null],
        ])
      })

      test('an upload that failed is stored, and marked as an error', async () => {
        expect(await stage.rows('search?service=glance&field=event&value=image.upload')).toEqual([
          [expect.any(Number), ' ', at('08:20:01'), 'east', 'image.upload', 'localhost', 'active'],
          [expect.any(Number), 'E', at('08:00:31.5'), 'east', 'image.upload', 'localhost', null],
        ])
      })

      test('secrets are replaced in the notifications of every service, and nothing else is', async () => {
        const stored = await stage.query(
          ['nova', 'glance', 'generic']
            .map((name) => `select json::text as json from notification_${name}`)
            .join(' union all '),
        )
        const text = stored.flat().map(String)
        expect(text.filter((json) => json.includes(SECRET))).toEqual([])
        expect(text.filter((json) => json.includes('vpn1'))).toHaveLength(secrets.length)
      })

      test('an instance is found in the notifications of ironic, neutron and cinder', async () => {
        const rows = await stage.rows(`uuid?uuid=${ironic}&service=generic`)
        expect(rows.map(([, , , , event]) => event)).toEqual([
          'baremetal.node.provision_set.end',
          'port.create.end',
          'port.create.end',
          'volume.attach.end',
        ])
        expect(await stage.rows('search?service=nova&field=event&value=audit.http.request')).toHaveLength(2)
      })

      test('errors of wrapped functions are found by their instance', async () => {
        const rows = await stage.rows(`uuid?uuid=${server.uuid}`)
        expect(rows.filter(([, sign]) => sign === 'E').map(([, , , , event]) => event)).toEqual([
          'finish_resize',
          'attach_volume',
          'rescue_instance',
        ])
      })

      test('the scheduler ends no request', async () => {
        const requests = await stage.query(
          'select request_id, event from request_tracker where event is not null order by start_when',
        )
        expect(requests).toEqual([[server.request('create'), 'compute.instance.create']])
      })
    },
  )
})

test('under the rules of stacktach an image of an exists has the owner of the notification', async () => {
  const stage = await startStage({ RULES: 'stacktach' })
  try {
    await stage.play([lines])
    expect(await imageVerdicts(stage)).toEqual([
      [uuidOf('imported'), 'the notification', expect.stringMatching(/^no launch: /)],
      [uuidOf('uploaded'), 'the notification', expect.stringMatching(/^launch differs: owner is "the notification"/)],
    ])
    expect(await stage.rows(`uuid?uuid=${ironic}&service=generic`)).toEqual([])
  } finally {
    await stage.stop()
  }
})
