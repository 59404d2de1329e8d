import { describe, expect, test } from '@jest/globals'
import { classic, delivery, EVENING, enveloped, glanceRow, novaRow, read, versioned } from '../testkit/message.ts'
import { normalize } from './normalize.ts'
import { serviceOf, services } from './service.ts'

test('the exchange determines the service of a message', () => {
  expect(['nova', 'glance', 'neutron', 'NOVA', ''].map(serviceOf)).toEqual([
    'nova',
    'glance',
    'generic',
    'generic',
    'generic',
  ])
})

test('a notification with only the required fields is stored', () => {
  const bare = { event_type: 'e', publisher_id: 'p', timestamp: '2026-11-23 20:05:38' }
  const common = { when: EVENING, event: 'e', publisher: 'p', service: 'p', host: null, messageId: null, requestId: '' }
  const states = { tenant: null, instance: null, state: '', oldState: '', task: '', oldTask: '' }
  expect(novaRow(bare)).toMatchObject({ table: 'nova', ...common, ...states, imageType: 0, userId: null, facts: null })
  expect(glanceRow(bare)).toMatchObject({
    table: 'glance',
    ...common,
    owner: null,
    uuid: null,
    status: null,
    facts: null,
  })
  expect(read(bare, 'generic')).toMatchObject({ kind: 'stored', row: { table: 'generic', ...common, ...states } })
})

test.each([
  ['a string', 'the upload failed'],
  ['null', null],
  ['a number', 5],
  ['a list', [{ id: 'image' }]],
])('a payload may be %s', (_, payload) => {
  expect(glanceRow(classic({ event_type: 'image.upload', payload }))).toMatchObject({ uuid: null, status: null })
  expect(novaRow(classic({ payload }))).toMatchObject({ instance: null, state: '' })
})

describe('when', () => {
  test('is the timestamp, or that of the context', () => {
    const _context_timestamp = '2026-11-23T20:00:00.000001'
    expect(novaRow(classic({ _context_timestamp })).when).toBe(EVENING)
    for (const timestamp of [undefined, '', 'soon', 5]) {
      expect(novaRow(classic({ timestamp, _context_timestamp })).when).toBe(EVENING - 338_000_000 + 1)
    }
  })
})

describe('publisher, service and host', () => {
  test.each([undefined, null, '', 5, []])('are empty when publisher_id is %j', (publisher_id) => {
    const empty = { kind: 'stored', row: { publisher: '', service: '', host: null } }
    for (const service of services) expect(read(classic({ publisher_id }), service)).toMatchObject(empty)
  })

  test.each([
    ['compute.host-1', 'compute', 'host-1'],
    ['compute.host-1.example.org', 'compute', 'host-1.example.org'],
    ['nova-api.host-1', 'nova-api', 'host-1'],
    ['compute:host.1', 'compute', 'host.1'],
    ['aggregate.3', 'aggregate', '3'],
    ['compute', 'compute', null],
    ['compute.', 'compute', null],
    ['.host', '', 'host'],
  ])('of %s', (publisher_id, service, host) => {
    expect(novaRow(classic({ publisher_id }))).toMatchObject({ publisher: publisher_id, service, host })
  })

  test('of a versioned notification, without the prefix nova-', () => {
    const row = (publisher_id: string) => novaRow(versioned('instance.lock', {}, { publisher_id }))
    expect(row('nova-compute:host-1.a')).toMatchObject({
      publisher: 'nova-compute:host-1.a',
      service: 'compute',
      host: 'host-1.a',
    })
    expect(row('nova-api:host-1')).toMatchObject({ service: 'api' })
    expect(row('compute:host-1')).toMatchObject({ service: 'compute' })
  })
})

describe('the tenant', () => {
  test('is that of the payload, or of the context', () => {
    expect(novaRow(classic({ payload: { tenant_id: 'owner' }, _context_project_id: 'admin' })).tenant).toBe('owner')
    expect(novaRow(classic({ _context_project_id: 'admin' })).tenant).toBe('admin')
  })

  test('may be a number', () => {
    expect(novaRow(classic({ payload: { tenant_id: 5_821 } })).tenant).toBe('5821')
  })
})

test('the instance is in one of four places', () => {
  const exception = { kwargs: { uuid: 'third' } }
  const instance = { uuid: 'fourth' }
  const instanceOf = (payload: object) => novaRow(classic({ payload })).instance
  expect(instanceOf({ instance_uuid: 'first', instance_id: 'second', exception, instance })).toBe('first')
  expect(instanceOf({ instance_uuid: '', instance_id: 'second', exception, instance })).toBe('second')
  expect(instanceOf({ instance_id: null, exception, instance })).toBe('third')
  expect(instanceOf({ exception: "{'kwargs': {'uuid': 'third'}}", instance })).toBe('fourth')
  expect(instanceOf({ exception: 'text', instance: 'text' })).toBeNull()
})

test('states and tasks: absent becomes empty, null and other types become null', () => {
  const payload = { state: 'active', old_state: null, new_task_state: 5, old_task_state: '' }
  expect(novaRow(classic({ payload }))).toMatchObject({ state: 'active', oldState: null, task: null, oldTask: '' })
  expect(read(classic({ payload: { state: 'active' } }), 'generic')).toMatchObject({
    row: { state: 'active', oldState: '' },
  })
})

test('the request has its id and its user', () => {
  expect(novaRow(classic({ _context_request_id: 'req-1', _context_user_id: 'user' }))).toMatchObject({
    requestId: 'req-1',
    userId: 'user',
  })
  expect(novaRow(classic({ _context_request_id: null, _context_user_id: null }))).toMatchObject({
    requestId: '',
    userId: null,
  })
  expect(novaRow(classic({ _context_user_id: '' })).userId).toBeNull()
})

test('glance: owner, uuid, status, and the instance of a snapshot', () => {
  const payload = { id: 'image', owner: 'tenant', status: 'active', properties: { instance_uuid: 'server' } }
  expect(glanceRow(classic({ event_type: 'image.update', payload }))).toMatchObject({
    owner: 'tenant',
    uuid: 'image',
    status: 'active',
    instance: 'server',
  })
})

test('the operating system of the image is in image_meta', () => {
  const image_meta = {
    org_openstack: 'no',
    'org.openstack__1__architecture': 'x64',
    'org.openstack__1__os_distro': 'org.ubuntu',
    'org.openstack__1__os_version': '24.04',
    'com.rackspace__1__options': 0,
  }
  const system = { osArchitecture: 'x64', osDistro: 'org.ubuntu', osVersion: '24.04', raxOptions: '0' }
  expect(novaRow(classic({ payload: { image_meta } }))).toMatchObject(system)
  const nothing = { osArchitecture: '', osDistro: '', osVersion: '', raxOptions: '' }
  expect(novaRow(classic({ payload: { image_meta: 'none' } }))).toMatchObject(nothing)
})

describe('the identity', () => {
  test('is the message id', () => {
    expect(novaRow(classic())).toMatchObject({ messageId: 'message', dedupKey: 'message' })
  })

  test('without a message id, is a digest of the notification with sorted keys', () => {
    const payload = { b: [1, { d: null, c: '' }], a: 9_007_199_254_740_991 }
    const sorted = { a: 9_007_199_254_740_991, b: [1, { c: '', d: null }] }
    const rows = [undefined, null, '', 5].map((message_id) => novaRow(classic({ message_id, payload })))
    expect(rows.map(({ messageId }) => messageId)).toEqual([null, null, null, null])
    expect(rows[0]?.dedupKey).toBe(
      `sha256:{"event_type":"compute.instance.update","payload":${JSON.stringify(sorted)},"publisher_id":"compute.host-1","timestamp":"2026-11-23 20:05:38"}`,
    )
    expect(novaRow(classic({ message_id: undefined, payload: sorted })).dedupKey).toBe(rows[0]?.dedupKey)
  })

  test('differs when a value differs, also in the last digit of a large number', () => {
    const text = (value: string) =>
      novaRow(JSON.stringify(classic({ message_id: null, payload: { n: 0 } })).replace('"n":0', `"n":${value}`))
    expect(text('9007199254740992').dedupKey).not.toBe(text('9007199254740993').dedupKey)
    expect(text('"1"').dedupKey).not.toBe(text('1').dedupKey)
  })
})

test('NULs, which PostgreSQL rejects, are replaced in columns and kept in the original', () => {
  const row = novaRow(
    classic({ event_type: 'a\0b', publisher_id: 'c\0.d\0', payload: { state: '\0', tenant_id: 't\0' } }),
  )
  expect(row).toMatchObject({
    event: 'a\ufffdb',
    service: 'c\ufffd',
    host: 'd\ufffd',
    state: '\ufffd',
    tenant: 't\ufffd',
  })
  expect(row.json).toContain('a\\u0000b')
})

describe('an exchange of all services', () => {
  function tableOf(body: object): string {
    const result = normalize({ ...delivery(body), service: null }, (text) => text)
    return result.kind === 'stored' ? result.row.table : result.reason
  }

  test('has notifications of nova, in both formats', () => {
    expect(tableOf(classic())).toBe('nova')
    expect(tableOf(enveloped(classic({ event_type: 'rescue_instance' })))).toBe('nova')
    expect(tableOf(versioned('service.update', {}))).toBe('nova')
    expect(tableOf(versioned('metrics.update', {}, { publisher_id: '' }))).toBe('nova')
  })

  test('has notifications of glance and of other services', () => {
    expect(tableOf(classic({ event_type: 'image.update', publisher_id: 'image.host-1' }))).toBe('glance')
    expect(tableOf(classic({ event_type: 'volume.create.end', publisher_id: 'volume.host-1' }))).toBe('generic')
    expect(tableOf(classic({ event_type: 'scheduler.create_volume', publisher_id: 'scheduler.host-1' }))).toBe(
      'generic',
    )
  })

  test('has messages that are not notifications', () => {
    expect(tableOf({})).toBe('no event_type')
  })
})
