import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SECOND } from '@stacktach/domain'
import { type Api, startApi } from '../testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/testDatabase.ts'
import { first, image, insertGlanceExists, insertNovaExists, november, second } from './testkit/usageRows.ts'

let database: TestDatabase
let api: Api

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database
  await db.prisma.deployment.createMany({ data: [{ name: 'east' }, { name: 'west' }] })
  const launch = (request: string, launchedAt: string | null, instance = first) => ({
    instance,
    requestId: request,
    launchedAt: launchedAt === null ? null : BigInt(november(launchedAt)),
    firstWhen: 1n,
    tenant: '5000',
    instanceTypeId: '4',
    instanceFlavorId: 'm1.small',
  })
  await db.prisma.instanceLaunch.createMany({
    data: [
      launch('req-1', '20 13:00:00.154927'),
      launch('req-2', null),
      launch('req-3', '20 14:00:00', second),
      launch('req-4', '20 13:00:00.154927'),
      launch('req-5', null),
      { ...launch('req-6', '19 13:00:00'), tenant: '6000' },
    ],
  })
  const deleted = { instance: first, notificationId: 90211n }
  await db.prisma.instanceDelete.createMany({
    data: [
      { ...deleted, launchedAt: BigInt(november('20 13:00:00')), deletedAt: BigInt(november('20 18:30:12')) },
      { ...deleted, launchedAt: BigInt(november('20 14:00:00')), deletedAt: BigInt(november('20 15:00:00')) },
      {
        ...deleted,
        launchedAt: BigInt(november('20 15:00:00')),
        deletedAt: BigInt(november('20 16:00:00')),
        effective: false,
        status: 'restored',
      },
    ],
  })
  await db.prisma.imageUsage.createMany({
    data: ['20 10:00:00', '20 11:00:00'].map((created, index) => ({
      uuid: index === 0 ? image : second,
      createdAt: BigInt(november(created)),
      owner: '5000',
      size: index === 0 ? 2147483648n : 9007199254740993n,
      notificationId: 5120n,
      when: 1n,
      priority: 1n,
      tieBreak: '',
    })),
  })
  await db.prisma.imageDelete.create({
    data: { uuid: image, deletedAt: BigInt(november('20 11:00:00.5')), notificationId: 5188n, when: 1n, tieBreak: '' },
  })
  await insertNovaExists(db, {
    messageId: 'm-1',
    status: 'verified',
    sendStatus: 201,
    launchId: 1,
    bandwidth: '9007199254740993',
  })
  await insertNovaExists(db, {
    messageId: 'm-2',
    instance: second,
    deletedAt: '20 18:00:00',
    deleteId: 1,
    status: 'failed',
    failReason: 'x',
    when: '21 00:02:00',
    tenant: '6000',
    deployment: 2,
  })
  await insertNovaExists(db, {
    messageId: 'm-3',
    from: '21 00:00:00',
    until: '22 00:00:00',
    when: '22 00:01:00',
    status: 'failed',
    sendStatus: 201,
    confirmStatus: 400,
    repaired: true,
  })
  await insertNovaExists(db, { messageId: 'm-4', from: null, until: null, when: '23 00:00:00', repaired: true })
  await insertGlanceExists(db, 'g-1', [image, second])
  api = await startApi(db)
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
})

async function get(path: string, headers = {}): Promise<{ status: number; body: Record<string, never> }> {
  const { status, text, headers: answered } = await api.request(`/db/${path}`, 'GET', headers)
  expect(answered['content-type']).toBe('application/json')
  return { status, body: JSON.parse(text) }
}

/** The ids in an answer, and the key that they are under. */
async function ids(path: string): Promise<[string, number[]]> {
  const { status, body } = await get(path)
  expect({ path, status, body: status === 200 ? '' : body }).toEqual({ path, status: 200, body: '' })
  const [[key, rows] = []] = Object.entries<{ id: number }[]>(body)
  return [key ?? '', (rows ?? []).map(({ id }) => id)]
}

const error = (status: number, message: string) => ({ status, body: { status, message } })

describe('lists', () => {
  test.each([
    // Without a time last; of the same time the later id first.
    ['usage/launches', 'launches', [3, 4, 1, 6, 5, 2]],
    ['usage/nova/launches', 'launches', [3, 4, 1, 6, 5, 2]],
    ['usage/deletes', 'deletes', [2, 1]],
    ['usage/nova/deletes', 'deletes', [2, 1]],
    ['usage/exists', 'exists', [4, 3, 2, 1]],
    ['usage/nova/exists', 'exists', [4, 3, 2, 1]],
    ['usage/glance/images', 'images', [2, 1]],
    ['usage/glance/deletes', 'deletes', [1]],
    ['usage/glance/exists', 'exists', [2, 1]],
  ])('%s is in the default order, with and without a slash, by any method', async (path, key, expected) => {
    expect(await ids(path)).toEqual([key, expected])
    expect(await ids(`${path}/`)).toEqual([key, expected])
    const { text } = await api.request(`/db/${path}/`)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect(await api.request(`/db/${path}/`, method, {}, '{')).toMatchObject({ status: 200, text })
    }
    expect(await api.request(`/db/${path}`, 'HEAD')).toMatchObject({ status: 200, text: '' })
  })

  test.each([
    // Without a time first.
    ['usage/launches?direction=asc', [2, 5, 6, 1, 4, 3]],
    ['usage/launches?direction=up', [2, 5, 6, 1, 4, 3]],
    ['usage/launches?order_by=id&direction=asc', [1, 2, 3, 4, 5, 6]],
    ['usage/launches?order_by=request_id', [6, 5, 4, 3, 2, 1]],
    ['usage/launches?limit=2', [3, 4]],
    ['usage/launches?limit=2&offset=3', [6, 5]],
    ['usage/launches?limit=2&offset=4', [5, 2]],
    ['usage/launches?limit=2&offset=5', [2]],
    ['usage/launches?limit=2&offset=1&direction=asc', [5, 6]],
    ['usage/launches?offset=99999999999999999999', []],
    ['usage/launches?limit=0', []],
    ['usage/launches?limit=&offset=', [3, 4, 1, 6, 5, 2]],
    ['usage/launches?limit=1&limit=%2B2', [3, 4]],
    ['usage/launches?unknown=1&status_=x', [3, 4, 1, 6, 5, 2]],
    [`usage/launches?instance=${second}`, [3]],
    // Without dashes it is compared as it is.
    [`usage/launches?instance=${second.replaceAll('-', '')}`, []],
    // Inclusive at both ends, to the microsecond.
    ['usage/launches?launched_at_min=2026-11-20 13:00:00.154927', [3, 4, 1]],
    ['usage/launches?launched_at_min=2026-11-20 13:00:00.154928', [3]],
    ['usage/launches?launched_at_max=2026-11-20 13:00:00.154927', [4, 1, 6]],
    ['usage/launches?launched_at_max=2026-11-20 13:00:00', [6]],
    ['usage/launches?launched_at_min=2026-11-20T13:00:00Z&launched_at_max=2026-11-20T13:00:00.2', [4, 1]],
    ['usage/launches?launched_at_min=2026-11-20T14:00:00.0Z', [3]],
    ['usage/launches?launched_at_min=2026-11-20 14:0:0', [3]],
    ['usage/launches?id_min=1970-01-01 00:00:03&order_by=id', [6, 5, 4, 3]],
    ['usage/launches?instance_type_id_max=1970-01-01 00:00:03', []],
    ['usage/launches?tenant=6000', [6]],
    ['usage/launches?order_by=id&direction=asc&limit=2&after=2', [3, 4]],
    ['usage/launches?order_by=id&limit=2&after=3', [2, 1]],
    ['usage/deletes?deleted_at_min=2026-11-20 18:30:12', [1]],
    ['usage/deletes?deleted_at_max=2026-11-20 18:30:11.999999', [2]],
    ['usage/deletes?launched_at_max=2026-11-20 13:00:00', [1]],
    ['usage/deletes?order_by=deleted_at', [1, 2]],
    ['usage/glance/images?created_at_min=2026-11-20 10:00:00.000001', [2]],
    ['usage/glance/images?created_at_max=2026-11-20 10:00:00', [1]],
    ['usage/glance/images?tenant=6000', []],
    ['usage/glance/deletes?deleted_at_max=2026-11-20 11:00:00.5', [1]],
    ['usage/glance/deletes?deleted_at_max=2026-11-20 11:00:00.4', []],
    ['usage/glance/exists?created_at_max=2026-11-20 10:00:00', [2, 1]],
    ['usage/glance/exists?received_min=2026-11-21 00:02:00.000001', []],
    ['usage/glance/exists?received_min=2026-11-21 00:02:00', [2, 1]],
    ['usage/exists?audit_period_beginning_min=2026-11-21 00:00:00', [3]],
    ['usage/exists?audit_period_beginning_max=2026-11-20 23:59:59.9', [2, 1]],
    ['usage/exists?audit_period_ending_min=2026-11-21 00:00:00.000001', [3]],
    ['usage/exists?audit_period_ending_max=2026-11-21 00:00:00', [2, 1]],
    ['usage/exists?launched_at_max=2026-11-20 12:59:59', []],
    ['usage/exists?launched_at_min=2026-11-20 13:00:00&direction=asc', [1, 2, 3, 4]],
    ['usage/exists?deleted_at_min=2026-11-20 18:00:00', [2]],
    ['usage/exists?received_min=2026-11-21 00:01:07.310422&received_max=2026-11-21 00:02:00', [2, 1]],
    ['usage/exists?received_max=2026-11-21 00:01:07.310421', []],
    ['usage/exists?order_by=deleted_at', [2, 4, 3, 1]],
    ['usage/exists?order_by=deleted_at&direction=asc', [1, 3, 4, 2]],
    ['usage/exists?tenant=6000', [2]],
    ['usage/exists?deployment=west', [2]],
    ['usage/exists?deployment=nowhere', []],
    ['usage/exists?status=verified', [1]],
    ['usage/exists?status=failed', [2]],
    ['usage/exists?status=sent_failed', [3]],
    ['usage/exists?status=sent_unverified', [4]],
    ['usage/exists?status=pending', []],
    ['usage/exists?send_status=201', [1]],
    ['usage/exists?send_status=99999999999999999999', []],
    ['usage/exists?send_status=400', [3]],
    ['usage/exists?send_status=0', [4, 2]],
    ['usage/exists?after=2', [1]],
    ['usage/exists?after=99999999999999999999999&limit=1', [4]],
  ])('%s', async (path, expected) => {
    expect((await ids(path.replaceAll(' ', '%20')))[1]).toEqual(expected)
  })

  test('have at most 1,000 rows', async () => {
    const other = await createTestDatabase()
    const { url, stop, request } = await startApi(other.db)
    try {
      expect(url).toMatch(/^http/)
      await other.db.pool.query(
        `insert into image_usage (uuid, created_at, notification_id, "when", priority, tie_break)
         select g::text, g, 1, 1, 1, '' from generate_series(1, 1005) g`,
      )
      for (const [query, count] of [
        ['', 50],
        ['limit=1000', 1000],
        ['limit=1001', 1000],
        ['limit=', 1000],
        ['limit=1000&offset=1000', 5],
      ] as const) {
        const { images } = JSON.parse((await request(`/db/usage/glance/images/?${query}`)).text)
        expect({ query, count: images.length }).toEqual({ query, count })
      }
    } finally {
      await stop()
      await other.drop()
    }
  })

  test.each([
    ['usage/launches?instance=x', 'x is not uuid-like'],
    ['usage/launches?instance=', ' is not uuid-like'],
    [`usage/launches?instance=${first.toUpperCase()}`, `${first.toUpperCase()} is not uuid-like`],
    ['usage/glance/images?instance=x', "No such field 'instance'."],
    ['usage/launches?nope_min=2026-11-20 00:00:00', "No such field 'nope'."],
    ['usage/launches?constructor_min=2026-11-20 00:00:00', "No such field 'constructor'."],
    ['usage/launches?received_min=2026-11-20 00:00:00', "No such field 'received'."],
    ['usage/deletes?received_max=2026-11-20 00:00:00', "No such field 'received'."],
    ['usage/exists?when_min=2026-11-20 00:00:00', "No such field 'when'."],
    ['usage/exists?order_by=received', "No such field 'received'."],
    ['usage/exists?order_by=constructor', "No such field 'constructor'."],
    ['usage/exists?order_by=', "No such field ''."],
    ['usage/launches?launched_at_min=2026-11-20', 'Range filters must be dates.'],
    ['usage/launches?launched_at_min=', 'Range filters must be dates.'],
    ['usage/launches?launched_at_min=1795464338', 'Range filters must be dates.'],
    ['usage/launches?launched_at_min=2026-02-30 00:00:00', 'Range filters must be dates.'],
    ['usage/launches?launched_at_min=2026-11-20 00:00:00Z', 'Range filters must be dates.'],
    ['usage/launches?launched_at_min=2026-11-20 00:00:00.1234567', 'Range filters must be dates.'],
    ['usage/launches?limit=x', 'limit must be a non-negative whole number, not "x"'],
    ['usage/launches?offset=-1', 'offset must be a non-negative whole number, not "-1"'],
    ['usage/launches?after=1', 'after needs order_by=id'],
    ['usage/exists?after=x', 'after must be an id, not "x"'],
    ['usage/launches?status=verified', "No such field 'status'."],
    ['usage/deletes?tenant=5000', "No such field 'tenant'."],
    ['usage/exists?tenant=%00', 'tenant must not contain NUL'],
  ])('%s is 400', async (path, message) => {
    expect(await get(path.replaceAll(' ', '%20'))).toEqual(error(400, message))
  })

  test('have StackTach’s keys and values', async () => {
    const exists: object = (await get('usage/nova/exists/1/')).body.exist ?? {}
    expect(exists).toEqual({
      id: 1,
      message_id: 'm-1',
      instance: first,
      launched_at: '2026-11-20 13:00:00',
      deleted_at: null,
      audit_period_beginning: '2026-11-20 00:00:00',
      audit_period_ending: '2026-11-21 00:00:00',
      received: '2026-11-21 00:01:07.310422',
      status: 'verified',
      fail_reason: null,
      send_status: 201,
      event_id: null,
      raw: 90877,
      usage: 1,
      delete: null,
      instance_type_id: '4',
      instance_flavor_id: 'm1.small',
      tenant: '5000',
      os_architecture: '',
      os_distro: '',
      os_version: '',
      rax_options: '',
      bandwidth_public_out: Number('9007199254740993'),
    })
    expect(Object.keys(exists)).toHaveLength(23)
    // The digits are exact, although a number is not.
    expect((await api.request('/db/usage/nova/exists/1')).text).toContain('"bandwidth_public_out":9007199254740993')
    expect((await get('usage/exists/2')).body.exist).toMatchObject({
      send_status: 0,
      delete: 1,
      fail_reason: 'x',
      bandwidth_public_out: 0,
      deleted_at: '2026-11-20 18:00:00',
    })
    expect((await get('usage/exists/3')).body.exist).toMatchObject({ send_status: 400, status: 'sent_failed' })
    expect((await get('usage/launches/1')).body).toEqual({
      launch: {
        id: 1,
        instance: first,
        launched_at: '2026-11-20 13:00:00.154927',
        request_id: 'req-1',
        instance_type_id: '4',
        instance_flavor_id: 'm1.small',
        tenant: '5000',
        os_architecture: '',
        os_distro: '',
        os_version: '',
        rax_options: '',
      },
    })
    expect((await get('usage/nova/launches/2')).body).toMatchObject({ launch: { id: 2, launched_at: null } })
    expect((await get('usage/nova/deletes/1')).body).toEqual({
      delete: {
        id: 1,
        instance: first,
        launched_at: '2026-11-20 13:00:00',
        deleted_at: '2026-11-20 18:30:12',
        raw: 90211,
      },
    })
    // One that was undone is in no list, but exists may link to it.
    expect((await get('usage/deletes/3')).body).toMatchObject({ delete: { id: 3 } })
    expect((await get('usage/glance/images/1')).body).toEqual({
      launch: {
        id: 1,
        uuid: image,
        created_at: '2026-11-20 10:00:00',
        owner: '5000',
        size: 2147483648,
        last_raw: 5120,
      },
    })
    expect((await get('usage/glance/deletes/1')).body).toEqual({
      delete: { id: 1, uuid: image, deleted_at: '2026-11-20 11:00:00.500000', raw: 5188 },
    })
    expect((await get('usage/glance/exists/1')).body).toEqual({
      exist: {
        id: 1,
        uuid: image,
        message_id: 'g-1',
        created_at: '2026-11-20 10:00:00',
        deleted_at: null,
        audit_period_beginning: '2026-11-20 00:00:00',
        audit_period_ending: '2026-11-21 00:00:00',
        received: '2026-11-21 00:02:00',
        status: 'pending',
        fail_reason: null,
        send_status: 0,
        event_id: null,
        raw: 5301,
        usage: 8,
        delete: null,
        owner: '5000',
        size: Number('9007199254740993'),
      },
    })
  })

  test('are CSV if the client asks for it', async () => {
    const { headers, text } = await api.request('/db/usage/deletes', 'GET', { accept: 'text/csv' })
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(text).toBe(
      `id,instance,launched_at,deleted_at,raw
2,${first},2026-11-20 14:00:00,2026-11-20 15:00:00,90211
1,${first},2026-11-20 13:00:00,2026-11-20 18:30:12,90211
`,
    )
    for (const accept of ['*/*', 'application/json', 'text/html', 'text/csv;q=0.1, application/json']) {
      expect((await get('usage/deletes', { accept })).status).toBe(200)
    }
  })

  test('a row or a path that does not exist is 404 as JSON', async () => {
    for (const [path, message] of [
      ['usage/exists/99', 'There is no exist with id 99'],
      ['usage/glance/images/99999999999999999999', 'There is no launch with id 9223372036854775807'],
      ['usage/exists/x', 'There is no endpoint at /db/usage/exists/x'],
      ['usage', 'There is no endpoint at /db/usage'],
      ['Usage/exists', 'There is no endpoint at /db/Usage/exists'],
      ['', 'There is no endpoint at /db/'],
    ] as const) {
      expect(await get(path)).toEqual(error(404, message))
    }
    expect(await get('usage/exists?x=%zz')).toEqual(error(400, 'The URL is not properly percent-encoded UTF-8'))
  })
})

test('a versioned exists is left out of lists if its classic counterpart is there', async () => {
  const other = await createTestDatabase()
  const { stop, request } = await startApi(other.db)
  try {
    await insertNovaExists(other.db, { messageId: 'classic', launchedAt: '20 13:00:00.9', from: '20 00:00:00.5' })
    await insertNovaExists(other.db, { messageId: 'versioned', versioned: true })
    await insertNovaExists(other.db, { messageId: 'next-hour', versioned: true, until: '20 01:00:00' })
    await insertNovaExists(other.db, { messageId: 'other', versioned: true, launchedAt: '20 13:00:01' })
    const { exists } = JSON.parse((await request('/db/usage/exists')).text)
    expect(exists.map((row: { message_id: string }) => row.message_id)).toEqual(['other', 'next-hour', 'classic'])
    expect(JSON.parse((await request('/db/stats/nova/exists')).text)).toEqual({
      stats: [{ status: 'pending', send_status: 0, event_count: 3 }],
    })
    expect(JSON.parse((await request('/db/usage/exists/2')).text)).toMatchObject({ exist: { message_id: 'versioned' } })
  } finally {
    await stop()
    await other.drop()
  }
})

describe('stats of exists', () => {
  const counts = (rows: [string, number, number][]) => ({
    stats: rows.map(([status, send_status, event_count]) => ({ status, send_status, event_count })),
  })

  test.each([
    [
      'nova/exists',
      counts([
        ['failed', 0, 1],
        ['sent_failed', 400, 1],
        ['sent_unverified', 0, 1],
        ['verified', 201, 1],
      ]),
    ],
    ['nova/exists/?received_max=2026-11-21%2000:01:30', counts([['verified', 201, 1]])],
    [`nova/exists?instance=${second}`, counts([['failed', 0, 1]])],
    ['nova/exists?audit_period_beginning_min=2026-11-21%2000:00:00', counts([['sent_failed', 400, 1]])],
    ['nova/exists?tenant=7', counts([])],
    ['nova/exists?limit=0&offset=9', expect.anything()],
    ['glance/exists', counts([['pending', 0, 2]])],
  ])('%s', async (path, expected) => {
    expect(await get(`stats/${path}`)).toEqual({ status: 200, body: expected })
  })

  test('reject what lists reject', async () => {
    expect(await get('stats/nova/exists?nope_min=x')).toEqual(error(400, "No such field 'nope'."))
    expect(await get('stats/nova/exists?received_min=x')).toEqual(error(400, 'Range filters must be dates.'))
    expect(await get('stats/glance/exists?instance=x')).toEqual(error(400, "No such field 'instance'."))
  })
})

describe('stats of events', () => {
  const END = 'compute.instance.create.end'

  beforeAll(async () => {
    const { db } = database
    await db.pool.query(
      `create table notification_nova_all partition of notification_nova default;
       create table notification_glance_all partition of notification_glance default`,
    )
    const seconds = [
      november('20 00:00:00'),
      november('20 00:00:00') + 1,
      november('27 00:00:00'),
      november('28 00:00:00'),
    ]
    for (const [index, when] of seconds.entries()) {
      const common = { deploymentId: 1, when: BigInt(when), dedupKey: `k${index}`, routingKey: '', publisher: '' }
      const row = {
        ...common,
        service: '',
        event: index === 1 ? 'compute.instance.update' : END,
        requestId: '',
        json: [],
      }
      const empty = { osArchitecture: '', osDistro: '', osVersion: '', raxOptions: '', imageType: 0, versioned: false }
      await db.prisma.novaNotification.create({ data: { ...row, ...empty } })
      if (index === 0)
        await db.prisma.glanceNotification.create({ data: { ...row, event: 'image.upload', imageType: 0 } })
    }
    await db.prisma.event.createMany({
      data: [
        { service: 'nova', name: END },
        { service: 'nova', name: 'compute.instance.update' },
        { service: 'nova', name: 'never' },
        { service: 'glance', name: 'image.upload' },
      ],
    })
    expect(november('27 00:00:00') - november('20 00:00:00')).toBe(604_800 * SECOND)
  })

  const stats = (...rows: [string, number][]) => ({
    status: 200,
    body: { stats: rows.map(([event, event_count]) => ({ event, event_count })) },
  })
  const week = 'when_min=2026-11-20%2000:00:00&when_max=2026-11-27%2000:00:00'

  test('counts of all notifications, of a period with both ends, and of one event', async () => {
    expect(await get('stats/events')).toEqual(stats([END, 3], ['compute.instance.update', 1]))
    expect(await get('stats/events/anything/else?service=nova')).toEqual(
      stats([END, 3], ['compute.instance.update', 1]),
    )
    expect(await get(`stats/events/?${week}`)).toEqual(stats([END, 2], ['compute.instance.update', 1]))
    expect(await get(`stats/events/?${week}&event=${END}`)).toEqual(stats([END, 2]))
    expect(await get(`stats/events?event=${END}`)).toEqual(stats([END, 3]))
    expect(await get('stats/events?event=nope')).toEqual(stats(['nope', 0]))
    expect(await get('stats/events?service=glance')).toEqual(stats(['image.upload', 1]))
    expect(await get('stats/events?when_min=2026-11-21%2000:00:00&when_max=2026-11-20%2000:00:00')).toEqual(stats())
  })

  test.each([
    ['when_min=2026-11-20 00:00:00', 'When providing date range filters, a min and max are required.'],
    ['when_max=2026-11-20 00:00:00', 'When providing date range filters, a min and max are required.'],
    ['when_min=2026-11-20 00:00:00&when_max=2026-11-27 00:00:01', 'Date ranges may be no larger than 604800 seconds'],
    ...['2026-11-20', '2026-11-20T00:00:00', '2026-11-20 00:00:00.5', '', 'x'].map((time): [string, string] => [
      `when_min=${time}&when_max=2026-11-20 00:00:00`,
      'Invalid format for date (Correct format should be %Y-%m-%d %H:%M:%S)',
    ]),
    ['service=cinder', 'Invalid service'],
    ['event=%00', 'event must not contain NUL'],
  ])('%s is 400', async (query, message) => {
    expect(await get(`stats/events?${query.replaceAll(' ', '%20')}`)).toEqual(error(400, message))
  })
})

test('without DATABASE_CONFIRM_URL nothing can be written', async () => {
  for (const path of [
    'confirm/usage/exists/m-1',
    'confirm/usage/exists/batch',
    'repair',
    'tenant/info/1',
    'tenant/batch_info',
  ]) {
    for (const method of ['PUT', 'POST', 'GET']) {
      const { status, text } = await api.request(`/db/${path}`, method, {}, '{}')
      expect({ status, body: JSON.parse(text) }).toEqual(
        error(404, `/db/${path} is off: DATABASE_CONFIRM_URL is not set`),
      )
    }
  }
})
