import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'

const server = '4fc2f6fe-7110-41a1-bea5-6ae3ab9deb1a'
const image = '860c39d4-3c0c-4552-a700-4ff9837a6520'
const request = 'req-8b67bef7-5c4c-4857-878c-1c65809482fd'

/** First row ids of the notifications: both need more than 32 bits. */
const ABOVE_32_BITS = 2 ** 31
const FAR_ABOVE = 2 ** 40

/** As text, because no JavaScript number has these digits. */
const payloads = {
  exists: `{
    "instance_id": "${server}", "tenant_id": 12345678901234567890, "instance_type_id": 9007199254740993,
    "launched_at": "2026-11-22 23:59:59.999999", "deleted_at": "",
    "audit_period_beginning": "2026-11-23 00:00:00.000001", "audit_period_ending": "2026-11-23 23:59:59.999999",
    "memory_mb": 4294967297, "bandwidth": {"public": {"bw_in": 0, "bw_out": 9007199254740993}},
    "price": 1.10, "tiny": 1e-400, "whole": 100000000000000000000000000000000001.50
  }`,
  start: `{"instance_id": "${server}", "state": "active"}`,
  end: `{"instance_id": "${server}", "state": "active"}`,
  image: `{
    "id": "${image}", "owner": "5000", "status": "active", "size": 9007199254740993,
    "created_at": "2026-11-23T10:00:00.000001"
  }`,
}

let pipeline: Pipeline
let getBody: (path: string) => Promise<unknown>

function message(exchange: 'nova' | 'glance', id: string, event: string, timestamp: string, payload: string) {
  const body = `{"message_id": "${id}", "event_type": "${event}", "publisher_id": "compute.host-1",
    "timestamp": "${timestamp}", "_context_request_id": "${request}", "_context_user_id": "user", "payload": ${payload}}`
  return { exchange, routing_key: 'notifications.info', body: Buffer.from(body) }
}

/** Sets the row id of the next notification of each service. */
async function setNextId(id: number) {
  for (const service of ['nova', 'glance']) {
    await pipeline.database.pool.query(`select setval('notification_${service}_id_seq', $1, false)`, [id])
  }
}

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  await setNextId(ABOVE_32_BITS)
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  await publish(pipeline.vhost, [
    message('nova', 'start', 'compute.instance.reboot.start', '2026-11-23 20:05:38.000001', payloads.start),
    message('glance', 'image', 'image.activate', '2026-11-23 20:05:38.999999', payloads.image),
  ])
  await pipeline.settled(2)
  await setNextId(FAR_ABOVE)
  await publish(pipeline.vhost, [
    message('nova', 'end', 'compute.instance.reboot.end', '2026-11-23T20:05:39.010000', payloads.end),
  ])
  await pipeline.settled(3)
  await publish(pipeline.vhost, [
    message('nova', 'exists', 'compute.instance.exists', '2026-11-23 23:59:59.999999Z', payloads.exists),
  ])
  await pipeline.settled(4)
  const get = await pipeline.api()
  getBody = async (path) => {
    const { status, body } = await get(`/stacky/${path}`)
    expect({ path, status }).toEqual({ path, status: 200 })
    return body
  }
})

afterAll(() => pipeline.stop())

const header = ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'State', "State'", "Task'"]
const row = (id: number, when: string, event: string, state: string) => [
  id,
  ' ',
  when,
  'east',
  `compute.instance.${event}`,
  'host-1',
  state,
  '',
  '',
]
const start = row(ABOVE_32_BITS, '2026-11-23 20:05:38.000001', 'reboot.start', 'active')
const end = row(FAR_ABOVE, '2026-11-23 20:05:39.010000', 'reboot.end', 'active')
const exists = row(FAR_ABOVE + 1, '2026-11-23 23:59:59.999999', 'exists', '')

test('every list of notifications has exact microseconds and ids', async () => {
  const rows = [start, end, exists]
  expect(await getBody(`request?request_id=${request}`)).toEqual([header, ...rows])
  expect(await getBody(`uuid?uuid=${server}`)).toEqual([header.with(-1, 'Task'), ...rows])
  expect(await getBody(`search?field=instance&value=${server}`)).toEqual([header, ...rows.toReversed()])
  const [, watched] = (await getBody('watch/0?since=1795464338.000001')) as unknown[]
  expect(watched).toEqual([
    [FAR_ABOVE, ' ', '2026-11-23', '20:05:39.010000', 'east', 'compute.instance.reboot.end', server],
    [FAR_ABOVE + 1, ' ', '2026-11-23', '23:59:59.999999', 'east', 'compute.instance.exists', server],
  ])
})

test.each([
  ['id', ABOVE_32_BITS, [start]],
  ['id', FAR_ABOVE, [end]],
  ['id__gt', ABOVE_32_BITS, [exists, end]],
  ['id__lte', FAR_ABOVE, [end, start]],
  ['when', '1795464338.000001', [start]],
  ['when__gte', '1795464338.000002', [exists, end]],
  ['when__lt', '1795478399.999999', [end, start]],
  ['tenant', '12345678901234567890', [exists]],
])('search by %s %s is exact', async (field, value, rows) => {
  expect(await getBody(`search?field=${field}&value=${value}`)).toEqual([header, ...rows])
})

test('when_min and when_max are inclusive, to the microsecond', async () => {
  const within = async (min: string, max: string) => getBody(`uuid?uuid=${server}&when_min=${min}&when_max=${max}`)
  expect(await within('1795464338.000001', '1795464339.01')).toEqual([header.with(-1, 'Task'), start, end])
  expect(await within('1795464338.000002', '1795464339.009999')).toEqual([])
})

test('show returns every digit of the original', async () => {
  const id = FAR_ABOVE + 1
  const [rows, text, uuid] = (await getBody(`show/${id}`)) as [unknown[][], string, string]
  expect(rows.slice(1, 3)).toEqual([
    ['#', id],
    ['When', '2026-11-23 23:59:59.999999'],
  ])
  expect(uuid).toBe(server)
  for (const line of [
    '"tenant_id": 12345678901234567890,',
    '"instance_type_id": 9007199254740993,',
    '"memory_mb": 4294967297,',
    '"bw_out": 9007199254740993',
    '"price": 1.10,',
    '"tiny": 1e-400,',
    '"whole": 100000000000000000000000000000000001.50',
    '"timestamp": "2026-11-23 23:59:59.999999Z",',
  ]) {
    expect(text).toContain(line)
  }
})

test('a duration is truncated to hundredths of a second, not rounded', async () => {
  // 1.009999 s.
  expect(await getBody('timings?name=compute.instance.reboot')).toEqual([
    ['compute.instance.reboot', 'Time'],
    [server, '0d 00:00:01.00'],
  ])
})

test('aggregates have the exact counters, sizes and times of the payload', async () => {
  expect(await getBody('usage/exists')).toEqual([
    ['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status'],
    [server, '2026-11-22 23:59:59.999999', null, '9007199254740993', null, 'exists', 'pending'],
  ])
  const { pool } = pipeline.database
  const { rows } = await pool.query(
    `select bandwidth_public_out::text as bandwidth, memory_mb::text as memory, tenant, notification_id::text as notification,
            audit_period_beginning::text as beginning, audit_period_ending::text as ending from instance_exists`,
  )
  expect(rows).toEqual([
    {
      bandwidth: '9007199254740993',
      memory: '4294967297',
      tenant: '12345678901234567890',
      notification: String(FAR_ABOVE + 1),
      beginning: '1795392000000001',
      ending: '1795478399999999',
    },
  ])
  const images = await pool.query(
    'select size::text, created_at::text as created, notification_id::text from image_usage',
  )
  expect(images.rows).toEqual([
    { size: '9007199254740993', created: '1795428000000001', notification_id: String(ABOVE_32_BITS) },
  ])
})
