import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  DAY,
  formatInstant,
  HOUR,
  type InstanceUsage,
  isFinal,
  MINUTE,
  sumSegments,
  type UsageExists,
  usageOfInstance,
} from '@stacktach/domain'
import { createTestDatabase, effort } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { raiseHorizon } from '../store/horizon.ts'
import { closeDays, FIRST_DAY, fillUsage, hourlyExists, range } from '../testkit/fillUsage.ts'
import { auditsDue, storeAudits } from './auditsDue.ts'
import type { ReadUsage } from './readUsage.ts'
import { isClosed, usagePages } from './usagePages.ts'

let database: { url: string; drop(): Promise<void> }
let db: Database

beforeAll(async () => {
  database = await createTestDatabase(migrate)
  db = openDatabase({ url: database.url, applicationName: 'usage test' })
  await fillUsage(db, [
    { instance: 'a1', tenant: 'a', hours: range(0, 48) },
    { instance: 'a2', tenant: 'a', hours: [...range(0, 10), ...range(12, 48)], flavor: '4', deploymentId: 2 },
    {
      instance: 'b1',
      tenant: 'b',
      launchedAt: FIRST_DAY + 90 * MINUTE,
      deletedAt: FIRST_DAY + 4 * HOUR,
      hours: [1, 2, 3],
    },
    { instance: 'before', tenant: 'a', launchedAt: 0, deletedAt: FIRST_DAY, hours: [] },
    { instance: 'after', tenant: 'a', launchedAt: FIRST_DAY + 2 * DAY, hours: [48] },
  ])
  // Resized at 20:00 on the first day; offloaded at 22:30 until the end.
  await fillUsage(db, [{ instance: 'c1', tenant: 'c', hours: range(0, 20) }])
  await db.prisma.instanceLaunch.create({
    data: {
      ...{ instance: 'c1', requestId: 'req-resize', launchedAt: BigInt(FIRST_DAY + 21 * HOUR) },
      firstWhen: BigInt(FIRST_DAY + 20 * HOUR),
    },
  })
  await db.prisma.timing.create({
    data: {
      ...{ instance: 'c1', name: 'compute.instance.shelve_offload', notificationId: 9n, counted: true },
      ...{ when: BigInt(FIRST_DAY + 22.5 * HOUR), endWhen: BigInt(FIRST_DAY + 22.6 * HOUR) },
    },
  })
  // As an earlier version wrote it.
  await fillUsage(db, [{ instance: 'unknown', tenant: 'd', hours: [5] }])
  await db.pool.query(`update lifecycle set deployment_id = null, tenant = null where instance = 'unknown'`)
})

afterAll(async () => {
  await db?.close()
  await database?.drop()
})

const twoDays = { from: FIRST_DAY, until: FIRST_DAY + 2 * DAY }
const NOW = FIRST_DAY + 3 * DAY

async function usageOf(tenants: readonly string[] | null, after?: string, period = twoDays, now = NOW) {
  const read: ReadUsage[] = []
  for await (const page of usagePages(db, { period, tenants, after }, now)) read.push(...page)
  return read
}

const shown = ({ instance, usage }: ReadUsage) => ({
  instance,
  hours: sumSegments(usage.segments).map(({ flavor, duration }) => `${flavor}: ${duration / HOUR}`),
  gaps: usage.gaps.map(({ from, until, reason }) =>
    [from, until]
      .map((time) => formatInstant(time).slice(8, 16))
      .concat(reason)
      .join(' '),
  ),
})

describe('usage of a period', () => {
  test('by instance: the hours of each flavor, and the gaps', async () => {
    expect((await usageOf(null)).map(shown)).toEqual([
      { instance: 'a1', hours: ['2: 48'], gaps: [] },
      { instance: 'a2', hours: ['4: 46'], gaps: ['01 10:00 01 12:00 no exists'] },
      { instance: 'b1', hours: ['2: 2.5'], gaps: [] },
      {
        instance: 'c1',
        hours: ['2: 20'],
        gaps: ['01 20:00 01 21:00 relaunched', '01 21:00 03 00:00 offloaded'],
      },
      { instance: 'unknown', hours: ['2: 1'], gaps: [] },
    ])
  })

  test('of a tenant: also of instances whose tenant is unknown', async () => {
    const read = await usageOf(['a'])
    expect(read.map(({ instance }) => instance)).toEqual(['a1', 'a2', 'unknown'])
    expect(read.map(({ life }) => life?.deletedAt)).toEqual([null, null, undefined])
    expect(read.map(({ usage }) => isFinal(usage))).toEqual([true, false, true])
  })

  test('continues after an instance', async () => {
    expect((await usageOf(null, 'b1')).map(({ instance }) => instance)).toEqual(['c1', 'unknown'])
    expect(await usageOf(null, 'z')).toEqual([])
  })

  test('in batches of one instance', async () => {
    const long = { from: FIRST_DAY, until: FIRST_DAY + 1_000 * DAY }
    const sizes: number[] = []
    for await (const page of usagePages(db, { period: long, tenants: null }, NOW)) sizes.push(page.length)
    expect(sizes).toEqual([1, 1, 1, 1, 1, 1, 0])
  })
})

test('contiguous exists that are read as one row give the same usage as all of them', async () => {
  const instances = range(0, effort(60)).map((index) => `random-${String(index).padStart(4, '0')}`)
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  await fillUsage(
    db,
    instances.map((instance) => ({ instance, tenant: 'random', launchedAt: FIRST_DAY, hours: [] })),
  )
  // Hourly exists; some are lost, repeated, parts, failed or pending, and some have another flavor or launch.
  const all = instances.flatMap((instance): UsageExists[] => {
    let launchedAt = FIRST_DAY
    let flavor = '2'
    return range(0, 60).flatMap((hour) => {
      if (random(12) === 0) launchedAt = FIRST_DAY + hour * HOUR + random(2) * MINUTE
      if (random(12) === 0) flavor = String(random(3))
      const times = random(15) === 0 ? [] : [HOUR, ...(random(8) === 0 ? [random(60) * MINUTE, HOUR] : [])]
      return times.map((length, index): UsageExists => {
        const beginning = FIRST_DAY + hour * HOUR
        const dedupKey = `${instance} ${hour} ${index}`
        const statuses = ['failed', 'pending', 'verifying'] as const
        return {
          ...{
            id: 0,
            count: 1,
            identity: `${dedupKey} 1`,
            instance,
            deploymentId: 1,
            when: beginning + length + index,
          },
          ...{ launchedAt, deletedAt: random(20) === 0 ? beginning + random(60) * MINUTE : null, tenant: 'random' },
          ...{ auditPeriodBeginning: beginning, auditPeriodEnding: beginning + length, flavor, flavorName: flavor },
          ...{ memoryMb: 512, status: statuses[random(30)] ?? 'verified' },
        }
      })
    })
  })
  await db.prisma.instanceExists.createMany({
    data: all.map((row) => ({
      ...hourlyExists({ instance: row.instance, tenant: 'random', hours: [] }, 0),
      ...{ dedupKey: row.identity.slice(0, -2), when: BigInt(row.when), launchedAt: BigInt(row.launchedAt) },
      ...{ deletedAt: row.deletedAt === null ? null : BigInt(row.deletedAt), status: row.status },
      ...{ instanceFlavorId: row.flavor, flavorName: row.flavorName },
      ...{ auditPeriodBeginning: BigInt(row.auditPeriodBeginning), auditPeriodEnding: BigInt(row.auditPeriodEnding) },
    })),
  })
  const period = { from: FIRST_DAY + 90 * MINUTE, until: FIRST_DAY + 57 * HOUR }
  const read = await usageOf(['random'], undefined, period)
  const ids = new Map(
    (await db.prisma.instanceExists.findMany({ select: { id: true, dedupKey: true } })).map((row) => [
      `${row.dedupKey} 1`,
      Number(row.id),
    ]),
  )
  const life = { launchedAt: FIRST_DAY, deletedAt: null, pauses: [] }
  const expected = instances.map((instance) => {
    const own = all
      .filter((row) => row.instance === instance)
      .map((row) => ({ ...row, id: ids.get(row.identity) ?? 0 }))
    return usageOfInstance(period, own, life, period.until)
  })
  const sorted = (usage: InstanceUsage) => ({
    ...usage,
    gaps: usage.gaps.map((gap) => ({ ...gap, exists: [...gap.exists].sort() })),
  })
  expect(read.filter(({ instance }) => instance.startsWith('random')).map(({ usage }) => sorted(usage))).toEqual(
    expected.map(sorted),
  )
  expect(new Set(expected.flatMap(({ gaps }) => gaps.map(({ reason }) => reason)))).toEqual(
    new Set(['no exists', 'failed exists', 'pending exists']),
  )
  await db.pool.query(`delete from instance_exists where tenant = 'random'`)
  await db.pool.query(`delete from lifecycle where tenant = 'random'`)
})

test('audits are due by the latest one of each deployment', async () => {
  const dueAt = async (now: number) => {
    const due = await auditsDue(db.pool, FIRST_DAY + 10 * DAY, now)
    return [1, 2, null]
      .map((deployment) => (due.of(deployment) - FIRST_DAY) / MINUTE)
      .concat((due.all - FIRST_DAY) / MINUTE)
  }
  // Without known audits: 20 minutes ago.
  expect(await dueAt(FIRST_DAY + 60 * MINUTE)).toEqual([40, 40, 40, 40])
  await storeAudits(db.pool, FIRST_DAY + 2 * DAY)
  // The exists of an audit arrive until 20 minutes after its end.
  expect(await dueAt(FIRST_DAY + 48 * HOUR + 19 * MINUTE)).toEqual([47 * 60, 47 * 60, 47 * 60, 47 * 60])
  expect(await dueAt(FIRST_DAY + 50 * HOUR + 19 * MINUTE)).toEqual([49 * 60, 49 * 60, 49 * 60, 49 * 60])
  expect(await dueAt(FIRST_DAY + 50 * HOUR + 20 * MINUTE)).toEqual([50 * 60, 50 * 60, 50 * 60, 50 * 60])
  // The west changes to daily audits.
  await db.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
                                  versioned, audit_period_beginning, audit_period_ending)
     values (2, 'daily', 1, $1, 'x', 0, 0, false, $2, $3)`,
    [FIRST_DAY + 3 * DAY + MINUTE, FIRST_DAY + 2 * DAY, FIRST_DAY + 3 * DAY],
  )
  await storeAudits(db.pool, FIRST_DAY + 3 * DAY + 2 * MINUTE)
  expect(await dueAt(FIRST_DAY + 4 * DAY + 3 * HOUR)).toEqual([98 * 60, 96 * 60, 98 * 60, 96 * 60])
  await storeAudits(db.pool, FIRST_DAY + 4 * DAY)
  expect(await dueAt(FIRST_DAY + 4 * DAY + 3 * HOUR)).toEqual([98 * 60, 96 * 60, 98 * 60, 96 * 60])
})

test('a period is closed when all its days are closed and kept', async () => {
  await closeDays(db, [0, 1])
  expect(await isClosed(db, twoDays)).toBe(true)
  expect(await isClosed(db, { from: FIRST_DAY + HOUR, until: FIRST_DAY + 2 * HOUR })).toBe(true)
  expect(await isClosed(db, { from: FIRST_DAY + HOUR, until: FIRST_DAY + 2 * DAY + 1 })).toBe(false)
  expect(await isClosed(db, { from: FIRST_DAY - 1, until: FIRST_DAY + 1 })).toBe(false)
  await raiseHorizon(db.pool, 'aggregates', FIRST_DAY + HOUR)
  expect(await isClosed(db, twoDays)).toBe(false)
  expect(await isClosed(db, { from: FIRST_DAY + HOUR, until: FIRST_DAY + 2 * DAY })).toBe(true)
})
