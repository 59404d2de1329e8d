import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  claimDeliveries,
  claimUnsent,
  deploymentId,
  enqueueInstanceExists,
  isMissingPartition,
  keptSince,
  markSent,
  Partitions,
  sealPartitions,
  storeOutcomes,
} from '@stacktach/db'
import { DAY, type NovaRow, SECOND } from '@stacktach/domain'
import { readMessages, storeMessages } from '@stacktach/ingestion'
import { effort } from '@stacktach/testing'
import { foldAll, type JobStack, openStack, SHARDS, storeRows } from '../../testkit/jobStack.ts'
import {
  canArriveLate,
  MONDAY,
  novaRow,
  randomNotifications,
  seededRandom,
  shuffle,
} from '../../testkit/notifications.ts'
import type { JobContext } from '../context.ts'
import { handleReport } from './report.ts'
import { applyRetention } from './retention.ts'

/** Of random notifications; TEST_EFFORT=3 uses three of them. */
const seeds = Array.from({ length: effort(1) }, (_, index) => index + 1)

let stack: JobStack

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

function prune({ context }: JobStack, before: number) {
  return applyRetention(context, { before, service: null })
}

/**
 * Every row of every aggregate, with natural keys instead of row ids. Notification ids are compared: all stacks store the
 * same notifications in the same order.
 */
async function aggregates({ database }: JobStack): Promise<Record<string, unknown[]>> {
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
  const rowsByTable: Record<string, unknown[]> = {}
  for (const [table, text] of Object.entries(sql)) {
    const { rows } = await database.pool.query<object>(text)
    rowsByTable[table] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return rowsByTable
}

async function numbers({ database }: JobStack, sql: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*) as count from ${sql}`)
  return rows[0]?.count ?? Number.NaN
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

describe('with notifications that arrive before and after partitions are dropped', () => {
  let reference: JobStack

  beforeEach(async () => {
    reference = await openStack()
  })

  afterEach(() => reference.close())

  test.each(seeds)('the aggregates equal those of a database without retention (seed %d)', async (seed) => {
    const random = seededRandom(seed)
    const all = shuffle(randomNotifications(30, 6, seed), random)
    const horizons = [MONDAY + 2 * DAY, MONDAY + 4 * DAY]
    const share = Math.floor(all.length * 0.6)
    const [first = 0, second = 0] = horizons
    const rest = all.slice(share)
    const late = rest.slice(0, rest.length / 2).filter((row) => canArriveLate(row, all, [first]))
    const later = rest.slice(rest.length / 2).filter((row) => canArriveLate(row, all, horizons))
    const both = [stack, reference]
    const storeInBoth = async (rows: readonly NovaRow[]) => {
      for (const batch of inBatches(rows, 97)) for (const each of both) await storeRows(each, batch)
    }
    const foldAndCompare = async () => {
      for (const each of both) await foldAll(each)
      expect(await aggregates(stack)).toEqual(await aggregates(reference))
    }

    await storeInBoth(all.slice(0, share / 2))
    await foldAndCompare()
    await storeInBoth(all.slice(share / 2, share))
    // The backlog of a partition is folded before it is dropped.
    await prune(stack, first)
    expect(await numbers(stack, `notification_nova where "when" < ${first}`)).toBe(0)
    expect(await numbers(reference, `notification_nova where "when" < ${first}`)).toBeGreaterThan(50)
    await foldAndCompare()
    for (const batch of inBatches(late, 50)) {
      await storeInBoth(batch)
      await foldAndCompare()
    }
    await prune(stack, second)
    for (const batch of inBatches(later, 50)) {
      await storeInBoth(batch)
      await foldAndCompare()
    }
    // Refold every instance, from its beginning or its boundary.
    for (const { database } of both) {
      await database.pool.query(
        `insert into backlog (kind, key, "when", notification_id, shard)
         select 'instance', instance, min("when"), (array_agg(id order by "when"))[1], abs(hashtextextended(instance, 0) % ${SHARDS})
           from notification_nova group by instance on conflict do nothing`,
      )
    }
    await foldAndCompare()
    expect(await numbers(stack, 'notification_partition')).toBeLessThan(
      await numbers(reference, 'notification_partition'),
    )
  })

  test('interrupted at each step, with late notifications in between, the aggregates stay equal', async () => {
    const all = shuffle(randomNotifications(15, 4, 11), seededRandom(11))
    const horizon = MONDAY + 3 * DAY
    const share = Math.floor(all.length / 2)
    const late = inBatches(
      all.slice(share).filter((row) => canArriveLate(row, all, [horizon])),
      8,
    )
    const storeAndCompare = async (rows: readonly NovaRow[]) => {
      for (const each of [stack, reference]) await storeRows(each, rows)
      for (const each of [stack, reference]) await foldAll(each)
      expect(await aggregates(stack)).toEqual(await aggregates(reference))
    }
    await storeAndCompare(all.slice(0, share))
    let attempts = 0
    for (let done = false; !done; ) {
      attempts++
      const run = applyRetention(stoppingAfter(stack.context, attempts), { before: horizon, service: 'nova' })
      done = await run.then(
        () => true,
        (error: Error) => {
          expect(error.message).toContain('the next attempt resumes')
          return false
        },
      )
      await storeAndCompare(late.shift() ?? [])
    }
    expect(attempts).toBeGreaterThan(4)
    expect(await numbers(stack, `notification_nova where "when" < ${horizon}`)).toBe(0)
    for (const batch of late) await storeAndCompare(batch)
  })
})

/** A context whose process stops at the given check of `stopping`. */
function stoppingAfter(context: JobContext, checks: number): JobContext {
  const stopping = new AbortController()
  let remaining = checks
  return {
    ...context,
    get stopping() {
      if (remaining-- <= 0) stopping.abort()
      return stopping.signal
    },
  }
}

describe('a notification that is too old', () => {
  const message = (when: string, id: string, more = '') => ({
    exchange: 'nova',
    routingKey: 'notifications.info',
    body: Buffer.from(
      `{"event_type":"compute.instance.delete.end","publisher_id":"compute.host-1","message_id":"${id}","timestamp":"${when}",
        "payload":{"instance_id":"instance-${id}","launched_at":"2026-11-16 01:00:00","terminated_at":"2026-11-17 02:00:00"${more}}}`,
    ),
  })

  const destination = async ({ database }: JobStack) => ({
    deployment: 'cloud',
    deploymentId: await deploymentId(database.pool, 'cloud'),
    shards: SHARDS,
  })

  test('is rejected by a process that has not read the new horizon; its partition is not created again', async () => {
    const { context, database } = stack
    const other = new Partitions(database.pool, 1)
    const storeMessage = async (id: string) =>
      storeMessages(
        database,
        other,
        await destination(stack),
        readMessages([message('2026-11-17 02:00:00', id)], context),
        context.clock(),
      )
    expect(await storeMessage('1')).toMatchObject({ stored: 1 })
    await prune(stack, MONDAY + 3 * DAY)
    await expect(storeMessage('2')).rejects.toMatchObject({ code: '23514' })
    expect(await storeMessage('2')).toMatchObject({ stored: 0, rejected: 1 })
    expect(await storeMessage('1')).toMatchObject({ stored: 0, rejected: 1 })
    const { rows } = await database.pool.query('select reason from rejected_message')
    expect(rows).toEqual([{ reason: 'too old' }, { reason: 'too old' }])
    expect(await numbers(stack, 'notification_partition')).toBe(0)
    expect(await numbers(stack, 'instance_delete')).toBe(1)
  })

  test('arrives while its partition is dropped: it is either stored and folded, or rejected', async () => {
    const { context, database } = stack
    const destinationOfCloud = await destination(stack)
    let count = 0
    let pruned = false
    const storing = Promise.all(
      [0, 1, 2].map(async () => {
        const partitions = new Partitions(database.pool, 1)
        for (let after = 0; after < 5; after += pruned ? 1 : 0) {
          const parsed = readMessages([message('2026-11-17 02:00:00', String(count++))], context)
          const storeOnce = () => storeMessages(database, partitions, destinationOfCloud, parsed, context.clock())
          await storeOnce().catch((error: unknown) => {
            if (!isMissingPartition(error)) throw error
            return storeOnce()
          })
        }
      }),
    )
    while ((await numbers(stack, 'notification_nova')) < 20) await sleep(5)
    await prune(stack, MONDAY + 3 * DAY)
    pruned = true
    await storing
    await foldAll(stack)
    const rejected = await numbers(stack, 'rejected_message')
    const folded = await numbers(stack, 'instance_delete')
    expect(rejected + folded).toBe(count)
    expect(rejected).toBeGreaterThanOrEqual(15)
    expect(folded).toBeGreaterThanOrEqual(20)
    expect(await numbers(stack, 'notification_nova')).toBe(0)
  })
})

describe('a dropped partition', () => {
  test('removes the names and spans that occur nowhere else', async () => {
    await storeRows(stack, [
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

  test('stays when the process stops, until the next attempt', async () => {
    const all = randomNotifications(20, 4, 9)
    await storeRows(stack, all)
    await foldAll(stack)
    const before = await aggregates(stack)
    await sealPartitions(stack.database.pool, 'nova', MONDAY + 2 * DAY)
    const stopping = new AbortController()
    stopping.abort()
    const stopped = { ...stack.context, stopping: stopping.signal }
    await expect(applyRetention(stopped, { before: MONDAY + 2 * DAY, service: null })).rejects.toThrow(
      'shutting down; the next attempt resumes',
    )
    expect(await numbers(stack, 'notification_nova')).toBe(all.length)
    // Sealed partitions are dropped, although this horizon is earlier.
    await prune(stack, MONDAY)
    expect(await numbers(stack, `notification_nova where "when" < ${MONDAY + 2 * DAY}`)).toBe(0)
    expect(await aggregates(stack)).toEqual(before)
  })

  test('is dropped once when several processes run at the same time', async () => {
    await storeRows(stack, randomNotifications(10, 4, 5))
    const before = MONDAY + 3 * DAY
    const runs = await Promise.all([prune(stack, before), prune(stack, before), prune(stack, before)])
    expect(runs.map(({ partitions }) => partitions.length).sort()).toEqual([0, 0, 3])
    expect(await numbers(stack, `notification_nova where "when" < ${before}`)).toBe(0)
  })

  test('is older than the configured days of its service', async () => {
    await storeRows(stack, [novaRow('old', 'update', MONDAY), novaRow('new', 'update', MONDAY + 10 * DAY)])
    const context = { ...stack.context, clock: () => MONDAY + 12 * DAY }
    const payload = { before: null, service: null }
    expect(await applyRetention(context, payload)).toEqual({ partitions: [], aggregates: {} })
    const days = { nova: null, glance: 1, generic: 1, aggregates: null }
    expect(await applyRetention({ ...context, retention: days }, payload)).toEqual({ partitions: [], aggregates: {} })
    const nova = { ...days, nova: 5 }
    expect((await applyRetention({ ...context, retention: nova }, payload)).partitions).toEqual([
      'notification_nova_20261116_1d',
    ])
  })
})

test('a report whose notifications are dropped is refused, unless it needs only aggregates', async () => {
  await storeRows(stack, [novaRow('server', 'update', MONDAY), novaRow('server', 'update', MONDAY + 2 * DAY)])
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

test('a request whose start is dropped ends with its whole duration', async () => {
  await storeRows(stack, [
    novaRow('server', 'update', MONDAY + DAY - 5 * SECOND, { requestId: 'req-1' }),
    novaRow('server', 'rebuild.start', MONDAY + DAY + SECOND, { requestId: 'req-1' }),
  ])
  await prune(stack, MONDAY + DAY)
  await storeRows(stack, [novaRow('server', 'rebuild.end', MONDAY + DAY + 10 * SECOND, { requestId: 'req-1' })])
  await foldAll(stack)
  const { rows } = await stack.database.pool.query('select request_id, duration, event from request_tracker')
  expect(rows).toEqual([{ request_id: 'req-1', duration: 15 * SECOND, event: 'compute.instance.rebuild' }])
})

test('images: notifications are folded before they are dropped, and later ones continue the aggregates', async () => {
  const { context, database } = stack
  const image = { id: 'image-1', created_at: '2026-11-16 01:00:00', owner: 'c0ffee', size: 5 }
  const glance = async (event: string, when: string, payload: object) =>
    storeMessages(
      database,
      context.partitions,
      {
        deployment: 'cloud',
        deploymentId: await deploymentId(database.pool, 'cloud'),
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
        context,
      ),
      context.clock(),
    )
  await glance('image.activate', '2026-11-16 01:00:05', image)
  await glance('image.exists', '2026-11-16 02:00:00', { images: [image] })
  expect((await prune(stack, MONDAY + DAY)).partitions).toEqual(['notification_glance_20261116_1d'])
  await glance('image.exists', '2026-11-17 02:00:00', { images: [{ ...image, deleted_at: '2026-11-17 01:00:00' }] })
  await glance('image.delete', '2026-11-17 01:00:00', { ...image, deleted_at: '2026-11-17 01:00:00' })
  await foldAll(stack)
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

test('an exists that is verified after its notification was dropped is published completely', async () => {
  const facts = { launchedAt: MONDAY, auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  await storeRows(stack, [
    novaRow('pending', 'exists', MONDAY + SECOND, { messageId: 'pending' }, facts),
    novaRow('verified', 'exists', MONDAY + SECOND, { messageId: 'verified' }, facts),
  ])
  await foldAll(stack)
  const { pool } = stack.database
  await pool.query(`update instance_exists set status = 'verified' where instance = 'verified'`)
  await prune(stack, MONDAY + 2 * DAY)
  await pool.query(`update instance_exists set status = 'verified'`)
  const { rows } = await pool.query<{ id: number }>('select id from instance_exists')
  await enqueueInstanceExists(
    pool,
    rows.map(({ id }) => id),
    MONDAY,
    { broker: true, webhook: true },
  )
  const unsent = await claimUnsent(pool, 10)
  // The original of the other exists is dropped: it was verified before, but not in the outbox.
  expect(unsent).toMatchObject([{ originalMessageId: 'pending' }])
  expect(JSON.parse(unsent[0]?.json ?? '')).toEqual(['notifications.info', expect.anything()])
  await markSent(
    pool,
    unsent.map(({ id }) => id),
    MONDAY,
  )
  // The webhook still needs it.
  expect(await numbers(stack, 'kept_original')).toBe(1)
  const deliveries = (await claimDeliveries(pool, 10, MONDAY, MONDAY + SECOND)) ?? []
  expect(deliveries).toMatchObject([{ originalMessageId: 'pending', json: unsent[0]?.json }])
  await storeOutcomes(
    pool,
    deliveries.map(({ id, attempt }) => ({ id, attempt, error: null, nextAttemptAt: null })),
    MONDAY,
  )
  expect(await numbers(stack, 'kept_original')).toBe(0)
})

test('aggregates are deleted after their own retention: all of deleted instances, closed ones of the others', async () => {
  const launched = { launchedAt: MONDAY, instanceFlavorId: 'small' }
  const create = (instance: string) => [
    novaRow(instance, 'create.start', MONDAY, { requestId: `req-${instance}` }, launched),
    novaRow(instance, 'create.end', MONDAY + SECOND, { requestId: `req-${instance}` }, launched),
    novaRow(instance, 'reboot.start', MONDAY + SECOND, { requestId: `req-${instance}-2` }),
  ]
  await storeRows(stack, [...create('gone'), ...create('alive'), novaRow('alive', 'update', MONDAY + 9 * DAY)])
  await foldAll(stack)
  const context = {
    ...stack.context,
    clock: () => MONDAY + 10 * DAY,
    retention: { nova: 3, glance: 3, generic: 3, aggregates: 5 },
  }
  const { aggregates: deleted } = await applyRetention(context, { before: null, service: null })
  expect(deleted).toMatchObject({ lifecycle: 1, timing: 3, instance_launch: 1, request_tracker: 4 })
  expect(await numbers(stack, `instance_launch where instance = 'alive'`)).toBe(1)
  // An open timing stays: its end may arrive.
  expect(await numbers(stack, `timing where instance = 'alive'`)).toBe(1)
  expect(await keptSince(stack.database.pool, ['aggregates'])).toBe(MONDAY + DAY)
  await storeRows(stack, [novaRow('alive', 'reboot.end', MONDAY + 9 * DAY + SECOND, { requestId: 'req-alive-2' })])
  await foldAll(stack)
  expect(await numbers(stack, `timing where instance = 'alive' and duration is not null`)).toBe(1)
})
