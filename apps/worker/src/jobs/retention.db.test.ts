import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  backloggedShards,
  claimUnsent,
  type Database,
  deploymentId,
  enqueueInstanceExists,
  inTransaction,
  isMissingPartition,
  keptSince,
  markSent,
  migrate,
  openDatabase,
  Partitions,
  sealPartitions,
  storeBatch,
} from '@stacktach/db'
import { DAY, type NovaRow, SECOND } from '@stacktach/domain'
import { readMessages, storeMessages } from '@stacktach/ingestion'
import { Producer } from '@stacktach/jobs'
import { createTestDatabase, dropRedisKeys, services, type TestDatabase } from '@stacktach/testing'
import { testContext } from '../testkit/jobContext.ts'
import { drawing, MONDAY, mayComeLate, novaRow, severalDays, shuffle } from '../testkit/pruneStory.ts'
import type { JobContext } from './context.ts'
import { handleKpi } from './kpi.ts'
import { handleReport } from './report.ts'
import { retention } from './retention.ts'
import { usage } from './usage.ts'

const SHARDS = 4
const prefix = `retention_${randomBytes(8).toString('hex')}`

/** A StackTach of a test's own, without processes. */
interface Stack {
  context: JobContext
  database: Database
  close(): Promise<void>
}

let producer: Producer
let stack: Stack

beforeAll(() => {
  producer = new Producer(services().redisUrl, prefix, () => {})
})

afterAll(async () => {
  await producer.close()
  await dropRedisKeys(prefix)
})

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

async function openStack(): Promise<Stack> {
  const testDatabase: TestDatabase = await createTestDatabase(migrate)
  const database = openDatabase({ url: testDatabase.url, applicationName: 'retention', size: 6 })
  const context = testContext(database, producer, {
    partitionDays: 1,
    shards: SHARDS,
    clock: () => MONDAY + 30 * DAY,
  })
  return {
    context,
    database,
    async close() {
      await context.wakeUps.flushed()
      await database.close()
      await testDatabase.drop()
    },
  }
}

async function store({ context, database }: Stack, rows: readonly NovaRow[]): Promise<void> {
  const id = await deploymentId(database.pool, 'cloud')
  await context.partitions.ensure(
    'nova',
    rows.map(({ when }) => when),
  )
  await inTransaction(database.pool, (client) => storeBatch(client, 'nova', id, rows, SHARDS))
}

async function fold({ context, database }: Stack): Promise<void> {
  while ((await backloggedShards(database.pool)).length > 0) {
    for (let shard = 0; shard < SHARDS; shard++) await usage(context, { shard })
    for (let shard = 0; shard < SHARDS; shard++) await handleKpi(context, { shard })
  }
}

function prune({ context }: Stack, before: number) {
  return retention(context, { before, service: null })
}

/** Every row of every aggregate, with natural keys in the place of row ids. Ids of notifications are those of all stacks. */
async function aggregates({ database }: Stack): Promise<Record<string, unknown[]>> {
  const sql: Record<string, string> = {
    lifecycle: 'select * from lifecycle',
    timing: `select to_jsonb(t) - 'id' as row from timing t`,
    request_tracker: `select to_jsonb(r) - 'timing_id' as row, t.notification_id from request_tracker r left join timing t on t.id = r.timing_id`,
    instance_launch: `select to_jsonb(l) - 'id' as row from instance_launch l`,
    instance_delete: `select to_jsonb(d) - 'id' as row from instance_delete d`,
    instance_exists: `select to_jsonb(e) - 'id' - 'launch_id' - 'delete_id' as row, l.request_id, d.deleted_at
                        from instance_exists e
                        left join instance_launch l on l.id = e.launch_id left join instance_delete d on d.id = e.delete_id`,
  }
  const found: Record<string, unknown[]> = {}
  for (const [table, text] of Object.entries(sql)) {
    const { rows } = await database.pool.query<object>(text)
    found[table] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return found
}

async function numbers({ database }: Stack, sql: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*) as count from ${sql}`)
  return rows[0]?.count ?? Number.NaN
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

describe('pruned in the middle, late ones after it', () => {
  let whole: Stack

  beforeEach(async () => {
    whole = await openStack()
  })

  afterEach(() => whole.close())

  test.each([1, 2, 3])(
    'the aggregates are those of a database that nothing was pruned from (seed %d)',
    async (seed) => {
      const draw = drawing(seed)
      const all = shuffle(severalDays(30, 6, seed), draw)
      const cuts = [MONDAY + 2 * DAY, MONDAY + 4 * DAY]
      const share = Math.floor(all.length * 0.6)
      const [first = 0, second = 0] = cuts
      const rest = all.slice(share)
      const late = rest.slice(0, rest.length / 2).filter((row) => mayComeLate(row, all, [first]))
      const later = rest.slice(rest.length / 2).filter((row) => mayComeLate(row, all, cuts))
      const both = [stack, whole]
      const arrive = async (rows: readonly NovaRow[]) => {
        for (const batch of inBatches(rows, 97)) for (const each of both) await store(each, batch)
      }
      const same = async () => {
        for (const each of both) await fold(each)
        expect(await aggregates(stack)).toEqual(await aggregates(whole))
      }

      await arrive(all.slice(0, share / 2))
      await same()
      await arrive(all.slice(share / 2, share))
      // What waits is folded first.
      await prune(stack, first)
      expect(await numbers(stack, `notification_nova where "when" < ${first}`)).toBe(0)
      expect(await numbers(whole, `notification_nova where "when" < ${first}`)).toBeGreaterThan(50)
      await same()
      for (const batch of inBatches(late, 50)) {
        await arrive(batch)
        await same()
      }
      await prune(stack, second)
      for (const batch of inBatches(later, 50)) {
        await arrive(batch)
        await same()
      }
      // From the beginning, or the boundary, once more: every instance.
      for (const { database } of both) {
        await database.pool.query(
          `insert into backlog (kind, key, "when", notification_id, shard)
         select 'instance', instance, min("when"), (array_agg(id order by "when"))[1], abs(hashtextextended(instance, 0) % ${SHARDS})
           from notification_nova group by instance on conflict do nothing`,
        )
      }
      await same()
      expect(await numbers(stack, 'notification_partition')).toBeLessThan(
        await numbers(whole, 'notification_partition'),
      )
    },
  )

  test('cut off at one step after the other, with late ones in between, the aggregates are the same at every moment', async () => {
    const all = shuffle(severalDays(15, 4, 11), drawing(11))
    const horizon = MONDAY + 3 * DAY
    const share = Math.floor(all.length / 2)
    const late = inBatches(
      all.slice(share).filter((row) => mayComeLate(row, all, [horizon])),
      8,
    )
    const arrive = async (rows: readonly NovaRow[]) => {
      for (const each of [stack, whole]) await store(each, rows)
      for (const each of [stack, whole]) await fold(each)
      expect(await aggregates(stack)).toEqual(await aggregates(whole))
    }
    await arrive(all.slice(0, share))
    let attempts = 0
    for (let done = false; !done; ) {
      attempts++
      const run = retention(stoppingAfter(stack.context, attempts), { before: horizon, service: 'nova' })
      done = await run.then(
        () => true,
        (error: Error) => {
          expect(error.message).toContain('the next attempt resumes')
          return false
        },
      )
      await arrive(late.shift() ?? [])
    }
    expect(attempts).toBeGreaterThan(4)
    expect(await numbers(stack, `notification_nova where "when" < ${horizon}`)).toBe(0)
    for (const batch of late) await arrive(batch)
  })
})

/** A process that is asked to stop once it has looked so many times whether it is. */
function stoppingAfter(context: JobContext, looks: number): JobContext {
  const stopping = new AbortController()
  let left = looks
  return {
    ...context,
    get stopping() {
      if (left-- <= 0) stopping.abort()
      return stopping.signal
    },
  }
}

describe('what is too old', () => {
  const message = (when: string, id: string, more = '') => ({
    exchange: 'nova',
    routingKey: 'notifications.info',
    body: Buffer.from(
      `{"event_type":"compute.instance.delete.end","publisher_id":"compute.host-1","message_id":"${id}","timestamp":"${when}",
        "payload":{"instance_id":"instance-${id}","launched_at":"2026-11-16 01:00:00","terminated_at":"2026-11-17 02:00:00"${more}}}`,
    ),
  })

  const destination = async ({ database }: Stack) => ({
    deployment: 'cloud',
    deploymentId: await deploymentId(database.pool, 'cloud'),
    service: 'nova' as const,
    shards: SHARDS,
  })

  test('is stored by no process, whatever that one still believes, and never makes its partition again', async () => {
    const { context, database } = stack
    const other = new Partitions(database.pool, 1)
    const give = async (id: string) =>
      storeMessages(
        database,
        other,
        await destination(stack),
        readMessages([message('2026-11-17 02:00:00', id)], context.maxBody),
        context.clock(),
      )
    expect(await give('1')).toMatchObject({ stored: 1 })
    await prune(stack, MONDAY + 3 * DAY)
    await expect(give('2')).rejects.toMatchObject({ code: '23514' })
    expect(await give('2')).toMatchObject({ stored: 0, rejected: 1 })
    expect(await give('1')).toMatchObject({ stored: 0, rejected: 1 })
    const { rows } = await database.pool.query('select reason from rejected_message')
    expect(rows).toEqual([{ reason: 'too old' }, { reason: 'too old' }])
    expect(await numbers(stack, 'notification_partition')).toBe(0)
    expect(await numbers(stack, 'instance_delete')).toBe(1)
  })

  test('comes while it is pruned: each ends stored and counted, or rejected, and none in both', async () => {
    const { context, database } = stack
    const to = await destination(stack)
    let given = 0
    let pruned = false
    const storing = Promise.all(
      [0, 1, 2].map(async () => {
        const partitions = new Partitions(database.pool, 1)
        for (let after = 0; after < 5; after += pruned ? 1 : 0) {
          const one = readMessages([message('2026-11-17 02:00:00', String(given++))], context.maxBody)
          const give = () => storeMessages(database, partitions, to, one, context.clock())
          await give().catch((error: unknown) => {
            if (!isMissingPartition(error)) throw error
            return give()
          })
        }
      }),
    )
    while ((await numbers(stack, 'notification_nova')) < 20) await new Promise((resolve) => setTimeout(resolve, 5))
    await prune(stack, MONDAY + 3 * DAY)
    pruned = true
    await storing
    await fold(stack)
    const rejected = await numbers(stack, 'rejected_message')
    const counted = await numbers(stack, 'instance_delete')
    expect(rejected + counted).toBe(given)
    expect(rejected).toBeGreaterThanOrEqual(15)
    expect(counted).toBeGreaterThanOrEqual(20)
    expect(await numbers(stack, 'notification_nova')).toBe(0)
  })
})

describe('a partition that goes', () => {
  test('takes along names and spans of what occurs nowhere else, and leaves the others', async () => {
    await store(stack, [
      novaRow('old', 'reboot.start', MONDAY, { host: 'host-old' }),
      novaRow('both', 'update', MONDAY, { host: null, requestId: 'req-both' }),
      novaRow('both', 'update', MONDAY + 5 * DAY, { host: null, requestId: 'req-both' }),
      novaRow('new', 'reboot.end', MONDAY + 5 * DAY, { host: 'host-new' }),
    ])
    expect((await prune(stack, MONDAY + 2 * DAY)).partitions).toEqual(['notification_nova_20261116_1d'])
    const names = async (table: string) =>
      (await stack.database.pool.query<{ name: string }>(`select name from ${table} order by name`)).rows.map(
        ({ name }) => name,
      )
    expect(await names('event')).toEqual(['compute.instance.reboot.end', 'compute.instance.update'])
    expect(await names('host')).toEqual(['', 'host-new'])
    expect(await numbers(stack, `notification_span where key = 'old'`)).toBe(0)
    expect(await numbers(stack, `notification_span where key = any('{both,req-both,new}')`)).toBe(3)
    expect(await keptSince(stack.database.pool, ['nova', 'aggregates'])).toBe(MONDAY + DAY)
    expect(await keptSince(stack.database.pool, ['glance'])).toBe(null)
  })

  test('waits for an attempt that goes on, when a process ends in between', async () => {
    const all = severalDays(20, 4, 9)
    await store(stack, all)
    await fold(stack)
    const before = await aggregates(stack)
    await sealPartitions(stack.database.pool, 'nova', MONDAY + 2 * DAY)
    const stopping = new AbortController()
    stopping.abort()
    const stopped = { ...stack.context, stopping: stopping.signal }
    await expect(retention(stopped, { before: MONDAY + 2 * DAY, service: null })).rejects.toThrow(
      'shutting down; the next attempt resumes',
    )
    expect(await numbers(stack, 'notification_nova')).toBe(all.length)
    // What was begun is ended, though less is asked for.
    await prune(stack, MONDAY)
    expect(await numbers(stack, `notification_nova where "when" < ${MONDAY + 2 * DAY}`)).toBe(0)
    expect(await aggregates(stack)).toEqual(before)
  })

  test('goes once, when two processes are asked at the same time', async () => {
    await store(stack, severalDays(10, 4, 5))
    const before = MONDAY + 3 * DAY
    const runs = await Promise.all([prune(stack, before), prune(stack, before), prune(stack, before)])
    expect(runs.map(({ partitions }) => partitions.length).sort()).toEqual([0, 0, 3])
    expect(await numbers(stack, `notification_nova where "when" < ${before}`)).toBe(0)
  })

  test('by the configuration: each service by days of its own', async () => {
    await store(stack, [novaRow('old', 'update', MONDAY), novaRow('new', 'update', MONDAY + 10 * DAY)])
    const context = { ...stack.context, clock: () => MONDAY + 12 * DAY }
    const asked = { before: null, service: null }
    expect(await retention(context, asked)).toEqual({ partitions: [], aggregates: {} })
    const days = { nova: null, glance: 1, generic: 1, aggregates: null }
    expect(await retention({ ...context, retention: days }, asked)).toEqual({ partitions: [], aggregates: {} })
    const nova = { ...days, nova: 5 }
    expect((await retention({ ...context, retention: nova }, asked)).partitions).toEqual([
      'notification_nova_20261116_1d',
    ])
  })
})

test('no report is made of what is partly gone, unless it is made of what stays', async () => {
  await store(stack, [novaRow('server', 'update', MONDAY), novaRow('server', 'update', MONDAY + 2 * DAY)])
  await prune(stack, MONDAY + 2 * DAY)
  const make = (kind: 'region-summary' | 'nova-usage-audit', day: number) =>
    handleReport(stack.context, {
      report: kind,
      period: { from: MONDAY + day * DAY, until: MONDAY + (day + 1) * DAY },
      region: '',
      once: false,
      inProgress: false,
    })
  expect(await make('region-summary', 0)).toEqual({
    id: null,
    refused: 'notifications before 2026-11-17 00:00:00 are no longer stored',
  })
  expect(await make('region-summary', 2)).toEqual({ id: 1 })
  expect(await make('nova-usage-audit', 0)).toEqual({ id: 2 })
})

test('a request whose beginning is gone ends with its whole duration', async () => {
  await store(stack, [
    novaRow('server', 'update', MONDAY + DAY - 5 * SECOND, { requestId: 'req-1' }),
    novaRow('server', 'rebuild.start', MONDAY + DAY + SECOND, { requestId: 'req-1' }),
  ])
  await prune(stack, MONDAY + DAY)
  await store(stack, [novaRow('server', 'rebuild.end', MONDAY + DAY + 10 * SECOND, { requestId: 'req-1' })])
  await fold(stack)
  const { rows } = await stack.database.pool.query('select request_id, duration, event from request_tracker')
  expect(rows).toEqual([{ request_id: 'req-1', duration: 15 * SECOND, event: 'compute.instance.rebuild' }])
})

test('images: what glance said is folded first, stays, and goes on', async () => {
  const { context, database } = stack
  const image = { id: 'image-1', created_at: '2026-11-16 01:00:00', owner: 'c0ffee', size: 5 }
  const glance = async (event: string, when: string, payload: object) =>
    storeMessages(
      database,
      context.partitions,
      {
        deployment: 'cloud',
        deploymentId: await deploymentId(database.pool, 'cloud'),
        service: 'glance',
        shards: SHARDS,
      },
      readMessages(
        [
          {
            exchange: 'glance',
            routingKey: 'notifications.info',
            body: Buffer.from(
              JSON.stringify({
                event_type: event,
                publisher_id: 'image.host',
                message_id: `${event} ${when}`,
                timestamp: when,
                payload,
              }),
            ),
          },
        ],
        context.maxBody,
      ),
      context.clock(),
    )
  await glance('image.activate', '2026-11-16 01:00:05', image)
  await glance('image.exists', '2026-11-16 02:00:00', { images: [image] })
  expect((await prune(stack, MONDAY + DAY)).partitions).toEqual(['notification_glance_20261116_1d'])
  await glance('image.exists', '2026-11-17 02:00:00', { images: [{ ...image, deleted_at: '2026-11-17 01:00:00' }] })
  await glance('image.delete', '2026-11-17 01:00:00', { ...image, deleted_at: '2026-11-17 01:00:00' })
  await fold(stack)
  const { rows } = await database.pool.query(
    `select u.uuid as usage, d.uuid as delete from image_exists e
       left join image_usage u on u.id = e.usage_id left join image_delete d on d.id = e.delete_id order by e."when"`,
  )
  expect(rows).toEqual([
    { usage: 'image-1', delete: null },
    { usage: 'image-1', delete: 'image-1' },
  ])
  expect(await numbers(stack, 'kept_original')).toBe(1)
})

test('an exists that is verified after its notification is gone is published whole', async () => {
  const facts = { launchedAt: MONDAY, auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  await store(stack, [
    novaRow('pending', 'exists', MONDAY + SECOND, { messageId: 'pending' }, facts),
    novaRow('verified', 'exists', MONDAY + SECOND, { messageId: 'verified' }, facts),
  ])
  await fold(stack)
  const { pool } = stack.database
  await pool.query(`update instance_exists set status = 'verified' where instance = 'verified'`)
  await prune(stack, MONDAY + 2 * DAY)
  await pool.query(`update instance_exists set status = 'verified'`)
  const { rows } = await pool.query<{ id: number }>('select id from instance_exists')
  await enqueueInstanceExists(
    pool,
    rows.map(({ id }) => id),
    MONDAY,
  )
  const unsent = await claimUnsent(pool, 10)
  // Of the other, which nobody wanted to publish while it was there, nothing is left to send.
  expect(unsent).toMatchObject([{ originalMessageId: 'pending' }])
  expect(JSON.parse(unsent[0]?.json ?? '')).toEqual(['notifications.info', expect.anything()])
  await markSent(
    pool,
    unsent.map(({ id }) => id),
    MONDAY,
  )
  expect(await numbers(stack, 'kept_original')).toBe(0)
})

test('aggregates go after the notifications: of instances that are gone all, of others what is over', async () => {
  const launched = { launchedAt: MONDAY, instanceFlavorId: 'small' }
  const create = (instance: string) => [
    novaRow(instance, 'create.start', MONDAY, { requestId: `req-${instance}` }, launched),
    novaRow(instance, 'create.end', MONDAY + SECOND, { requestId: `req-${instance}` }, launched),
    novaRow(instance, 'reboot.start', MONDAY + SECOND, { requestId: `req-${instance}-2` }),
  ]
  await store(stack, [...create('gone'), ...create('alive'), novaRow('alive', 'update', MONDAY + 9 * DAY)])
  await fold(stack)
  const context = {
    ...stack.context,
    clock: () => MONDAY + 10 * DAY,
    retention: { nova: 3, glance: 3, generic: 3, aggregates: 5 },
  }
  const { aggregates: deleted } = await retention(context, { before: null, service: null })
  expect(deleted).toMatchObject({ lifecycle: 1, timing: 3, instance_launch: 1, request_tracker: 4 })
  expect(await numbers(stack, `instance_launch where instance = 'alive'`)).toBe(1)
  // One that is still open stays: its end may come.
  expect(await numbers(stack, `timing where instance = 'alive'`)).toBe(1)
  expect(await keptSince(stack.database.pool, ['aggregates'])).toBe(MONDAY + DAY)
  await store(stack, [novaRow('alive', 'reboot.end', MONDAY + 9 * DAY + SECOND, { requestId: 'req-alive-2' })])
  await fold(stack)
  expect(await numbers(stack, `timing where instance = 'alive' and duration is not null`)).toBe(1)
})
