import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { closeDay, daysToClose, isClosed, listCorrections, pruneAggregates } from '@stacktach/db'
import { DAY, HOUR, MINUTE, type NovaRow, SECOND } from '@stacktach/domain'
import { countRows, foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import { closeUsage } from './closeUsage.ts'
import { findMissing } from './findMissing.ts'
import { verifyNova } from './verify.ts'

let stack: JobStack

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

const launched = { launchedAt: MONDAY + HOUR, instanceFlavorId: 'small' }

function created(instance: string): NovaRow[] {
  const requestId = `req-${instance}`
  return [
    novaRow(instance, 'create.start', MONDAY + HOUR - MINUTE, { requestId }, { instanceFlavorId: 'small' }),
    novaRow(instance, 'create.end', MONDAY + HOUR + SECOND, { requestId }, { ...launched, message: 'Success' }),
  ]
}

/** Daily exists of days after MONDAY. */
function daily(instance: string, days: readonly number[], facts: NovaRow['facts'] = null): NovaRow[] {
  return days.map((day) => {
    const until = MONDAY + (day + 1) * DAY
    const period = { auditPeriodBeginning: until - DAY, auditPeriodEnding: until }
    return novaRow(instance, 'exists', until + SECOND, {}, { ...launched, ...period, ...facts })
  })
}

function deleted(instance: string, at: number): NovaRow[] {
  return [
    novaRow(
      instance,
      'delete.end',
      at,
      { requestId: `del-${instance}` },
      { ...launched, terminatedAt: at, deletedAt: at },
    ),
  ]
}

/** Stores and folds, and runs the jobs at a time. */
async function run(now: number, rows: readonly NovaRow[] = []) {
  const context = { ...stack.context, clock: () => now }
  if (rows.length > 0) await storeRows(stack, rows)
  await foldAll(stack)
  await verifyNova(context, { range: null, again: false })
  await findMissing(context)
  return closeUsage(context)
}

const corrections = async (after = 0) =>
  (await listCorrections(stack.database, { tenants: null, deployments: null, limit: 100, after })).map(
    ({ day, instance, before, after, reason, confirmed }) => ({
      ...{ instance, day: (day - MONDAY) / DAY, hours: [before / HOUR, after / HOUR], reason, confirmed },
    }),
  )

const NOON = 12 * HOUR

test('a day is closed once its audits are due and its notifications are folded', async () => {
  await storeRows(stack, [...created('a'), ...daily('a', [0])])
  const context = { ...stack.context, clock: () => MONDAY + DAY + NOON }
  expect(await closeUsage(context)).toEqual({ days: 0, corrections: 0, confirmed: 0 })
  expect(await run(MONDAY + DAY + 19 * MINUTE)).toMatchObject({ days: 0 })
  expect(await isClosed(stack.database, { from: MONDAY, until: MONDAY + DAY })).toBe(false)
  expect(await run(MONDAY + DAY + 20 * MINUTE)).toMatchObject({ days: 1 })
  expect(await isClosed(stack.database, { from: MONDAY, until: MONDAY + DAY })).toBe(true)
  expect(await run(MONDAY + DAY + NOON)).toMatchObject({ days: 0 })
  // Not folded yet.
  await storeRows(stack, [...created('b'), ...daily('a', [1])])
  const next = { ...stack.context, clock: () => MONDAY + 2 * DAY + NOON }
  expect(await closeUsage(next)).toMatchObject({ days: 0 })
  await foldAll(stack)
  expect(await closeUsage(next)).toMatchObject({ days: 1 })
})

test('a late exists of a day that was not final is not a correction; a change after that is one', async () => {
  const now = MONDAY + 2 * DAY + NOON
  await run(now, [...created('a'), ...daily('a', [1])])
  await run(now + DAY, daily('a', [0]))
  expect(await corrections()).toEqual([])
  expect(await run(now + 2 * DAY, deleted('a', MONDAY + DAY))).toEqual({
    days: expect.any(Number),
    corrections: 1,
    confirmed: 0,
  })
  expect(await corrections()).toEqual([
    { instance: 'a', day: 1, hours: [24, 0], reason: 'contradicted exists', confirmed: false },
  ])
})

test('confirmed usage is corrected although its day was not final', async () => {
  const now = MONDAY + DAY + NOON
  // Half of the day is reported.
  const half = { auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY / 2 }
  const partial = (more: NovaRow['facts'] = null) =>
    novaRow('a', 'exists', MONDAY + DAY / 2, {}, { ...launched, ...half, ...more })
  await run(now, [...created('a'), ...created('b'), partial(), ...daily('b', [0])])
  await stack.database.pool.query(`update instance_exists set confirm_status = 201 where instance = 'a'`)
  const rest = { auditPeriodBeginning: MONDAY + DAY / 2, auditPeriodEnding: MONDAY + DAY - HOUR }
  await run(now + HOUR, [novaRow('a', 'exists', MONDAY + DAY, {}, { ...launched, ...rest })])
  expect(await corrections()).toEqual([
    { instance: 'a', day: 0, hours: [11, 22], reason: 'late notification', confirmed: true },
  ])
})

test('an exists that is verified again after it failed is corrected back', async () => {
  const now = MONDAY + DAY + NOON
  await run(now, [...created('a'), ...daily('a', [0])])
  const soft = novaRow(
    'a',
    'soft_delete.end',
    MONDAY + NOON,
    { requestId: 'soft' },
    { ...launched, deletedAt: MONDAY + NOON },
  )
  await run(now + HOUR, [soft])
  await run(now + 2 * HOUR, [novaRow('a', 'restore.end', MONDAY + NOON + HOUR, { requestId: 'restore' }, launched)])
  expect(await corrections()).toEqual([
    { instance: 'a', day: 0, hours: [23, 0], reason: 'contradicted exists', confirmed: false },
    { instance: 'a', day: 0, hours: [0, 23], reason: 'late notification', confirmed: false },
  ])
})

test('usage that waits for a verdict is not compared; nothing is corrected twice', async () => {
  const now = MONDAY + DAY + NOON
  await run(now, [...created('a'), ...daily('a', [0])])
  // Reopened, and verified as before.
  await storeRows(stack, [novaRow('a', 'rebuild.start', MONDAY + 2 * HOUR, { requestId: 'r' }, launched)])
  await foldAll(stack)
  await stack.database.pool.query(`update instance_exists set status = 'pending'`)
  await stack.database.pool.query('insert into usage_changed (instance, "from", until) values (\'a\', $1, $2)', [
    MONDAY,
    now,
  ])
  expect(await closeUsage({ ...stack.context, clock: () => now + HOUR })).toMatchObject({ corrections: 0 })
  expect(await run(now + 2 * HOUR)).toMatchObject({ corrections: 0 })
  await stack.database.pool.query('insert into usage_changed (instance, "from", until) values (\'a\', 0, $1)', [now])
  expect(await run(now + 3 * HOUR)).toMatchObject({ corrections: 0 })
  expect(await countRows(stack, 'usage_changed')).toBe(0)
})

test('an interrupted closing starts again', async () => {
  const now = MONDAY + DAY + NOON
  await storeRows(stack, [...created('a'), ...daily('a', [0])])
  await foldAll(stack)
  await findMissing({ ...stack.context, clock: () => now })
  const [day = 0] = await daysToClose(stack.database, now)
  await closeDay(stack.database, day, now, AbortSignal.abort())
  expect(await countRows(stack, 'usage_closed')).toBe(0)
  expect(await run(now)).toMatchObject({ days: 1 })
})

test('usage that retention deletes is not corrected', async () => {
  const now = MONDAY + DAY + NOON
  await run(now, [...created('a'), ...daily('a', [0])])
  await stack.database.pool.query(`insert into horizon (kind, instant) values ('nova', $1)`, [MONDAY + 40 * DAY])
  await pruneAggregates(stack.database.pool, MONDAY + 20 * DAY)
  expect(await countRows(stack, 'usage_day')).toBe(0)
  expect(await countRows(stack, 'instance_exists')).toBe(0)
  await stack.database.pool.query('insert into usage_changed (instance, "from", until) values (\'a\', 0, $1)', [now])
  expect(await closeUsage({ ...stack.context, clock: () => now })).toMatchObject({ corrections: 0 })
  expect(await isClosed(stack.database, { from: MONDAY, until: MONDAY + DAY })).toBe(false)
})
