import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { effort } from '@stacktach/testing'
import fc from 'fast-check'
import { type Api, startApi } from '../testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/testDatabase.ts'
import { type Confirmer, openConfirmer } from './testkit/openConfirmer.ts'
import { insertGlanceExists, insertNovaExists } from './testkit/usageRows.ts'

let database: TestDatabase
let confirmer: Confirmer
let api: Api

beforeAll(async () => {
  database = await createTestDatabase()
  confirmer = await openConfirmer(database.url)
  await insertNovaExists(database.db, { messageId: 'm-1' })
  await insertGlanceExists(database.db, 'g-1', ['i-1'])
  api = await startApi(database.db, undefined, { confirmations: confirmer.db })
})

afterAll(async () => {
  await api?.stop()
  await confirmer?.close()
  await database?.drop()
})

/** HOSTILE_SEED repeats a run; TEST_EFFORT multiplies the number of requests. */
const seed = Number(process.env.HOSTILE_SEED || Date.now() % 1_000_000_000)
const runs = { seed, numRuns: effort(300) }

const paths = [
  ...['usage/launches', 'usage/deletes', 'usage/exists', 'usage/glance/images', 'usage/glance/deletes'],
  ...['usage/glance/exists', 'usage/exists/1', 'stats/nova/exists', 'stats/glance/exists', 'stats/events'],
]

const columns = [
  'id',
  'instance',
  'launched_at',
  'deleted_at',
  'received',
  'status',
  'send_status',
  'size',
  'raw',
  'tenant',
]

const names = fc.oneof(
  fc.constantFrom('instance', 'limit', 'offset', 'order_by', 'direction', 'after', 'tenant', 'status', 'send_status'),
  fc.constantFrom('deployment', 'service', 'event', 'when_min', 'when_max', '__proto__', 'constructor_min'),
  fc.tuple(fc.constantFrom(...columns), fc.constantFrom('_min', '_max')).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

const values = fc.oneof(
  fc.constantFrom('', '0', '1', '-1', '1e3', '99999999999999999999', 'desc', 'id', '\0', '%', "'", 'NaN', ...columns),
  fc.constantFrom('2026-11-20 13:00:00', '0001-01-01 00:00:00', '9999-12-31T23:59:59.999999Z', '2026-02-30 00:00:00'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

test('reading never fails, whatever the parameters are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.array(fc.tuple(names, values), { maxLength: 5 }),
      async (path, query) => {
        const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
        const reply = await api.request(`/db/${path}?${text}`)
        expect([200, 400, 404]).toContain(reply.status)
        const body = JSON.parse(reply.text)
        if (reply.status !== 200) expect(body).toEqual({ status: reply.status, message: expect.any(String) })
      },
    ),
    runs,
  )
})

const writes = [
  ['confirm/usage/exists/m-1', 'PUT'],
  ['confirm/usage/exists/batch?report=1', 'PUT'],
  ['tenant/info/5000', 'PUT'],
  ['tenant/batch_info', 'POST'],
  ['repair', 'POST'],
] as const

const members = [
  'version',
  'messages',
  'send_status',
  'status',
  'event_id',
  'nova',
  'glance',
  'm-1',
  'tenant',
  'tenants',
  'name',
  'types',
  '__proto__',
]

const bodies = fc.oneof(
  fc
    .object({ key: fc.oneof(fc.constantFrom(...members), fc.string({ unit: 'binary' })), maxDepth: 4 })
    .map((value) => JSON.stringify(value)),
  fc
    .record({
      version: fc.constantFrom(0, 1, 2),
      messages: fc.dictionary(fc.constantFrom('nova', 'glance', 'm-1', 'g-1'), fc.jsonValue()),
    })
    .map((value) => JSON.stringify(value)),
  fc
    .array(fc.string({ unit: 'binary' }))
    .map((ids) => ids.map((id) => `message_ids=${encodeURIComponent(id)}`).join('&')),
  fc.string({ unit: 'binary' }),
)

test('writing never fails, whatever the body is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...writes), bodies, async ([path, method], body) => {
      const reply = await api.request(`/db/${path}`, method, {}, body)
      expect([200, 400, 404]).toContain(reply.status)
      if (reply.status !== 200) {
        expect(JSON.parse(reply.text)).toEqual({ status: reply.status, message: expect.any(String) })
      }
    }),
    runs,
  )
})
