import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { listCorrections, listMissing, type ReadUsage, usagePages } from '@stacktach/db'
import { DAY, HOUR, isFinal, sumSegments } from '@stacktach/domain'
import { effort } from '@stacktach/testing'
import { DECEMBER, type InstanceTruth, NOVEMBER, runAfter, simulateMonth } from '../../testkit/cloudMonth.ts'
import { foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { closeUsage } from './closeUsage.ts'
import { findMissing } from './findMissing.ts'
import { verifyNova } from './verify.ts'

let stack: JobStack

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

/** Stores what arrives until a time, and runs the jobs at that time. */
async function runUntil(now: number, rows: Parameters<typeof storeRows>[1]): Promise<void> {
  const context = { ...stack.context, clock: () => now }
  if (rows.length > 0) await storeRows(stack, rows)
  await foldAll(stack)
  await verifyNova(context, { range: null, again: false })
  await findMissing(context)
  await closeUsage(context)
}

function sumsOf(instances: readonly InstanceTruth[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { tenant, used } of instances) {
    for (const { from, until, flavor } of used) {
      const key = `${tenant} ${flavor}`
      if (until > from) sums[key] = (sums[key] ?? 0) + until - from
    }
  }
  return sums
}

test('a month has the seconds of each tenant and flavor, what is missing, and the planted corrections', async () => {
  const { sent, instances, corrections } = simulateMonth(effort(10), 1)
  const byDay = new Map<number, (typeof sent)[number]['row'][]>()
  for (const { row, at } of sent) {
    const run = runAfter(at)
    byDay.set(run, [...(byDay.get(run) ?? []), row])
  }
  for (let now = NOVEMBER + HOUR; now <= DECEMBER + 3 * DAY + HOUR; now += DAY)
    await runUntil(now, byDay.get(now) ?? [])

  const read: ReadUsage[] = []
  const period = { from: NOVEMBER, until: DECEMBER }
  for await (const page of usagePages(stack.database, { period, tenants: null }, DECEMBER + 4 * DAY)) read.push(...page)
  const sums: Record<string, number> = {}
  for (const { tenant, usage } of read) {
    for (const { flavor, duration } of sumSegments(usage.segments)) {
      sums[`${tenant} ${flavor}`] = (sums[`${tenant} ${flavor}`] ?? 0) + duration
    }
  }
  expect(sums).toEqual(sumsOf(instances))

  const incomplete = read.filter(({ usage }) => !isFinal(usage)).map(({ instance }) => instance)
  expect(incomplete).toEqual(instances.filter((row) => row.incomplete).map(({ instance }) => instance))

  const scope = { tenants: null, deployments: null, limit: 1_000 }
  const missing = await listMissing(stack.database, { ...scope, period })
  expect(
    missing
      .map(({ instance, from, until }) => ({ instance, from, until }))
      .reverse()
      .sort(byInstance),
  ).toEqual(instances.flatMap(({ instance, lost }) => lost.map((time) => ({ instance, ...time }))).sort(byInstance))

  const stored = await listCorrections(stack.database, { ...scope, after: 0 })
  const listed = stored.map(({ instance, day, flavor, before, after, reason }) => ({
    instance,
    day,
    flavor,
    before,
    after,
    reason,
  }))
  expect(listed.sort(byInstance)).toEqual(corrections.sort(byInstance))
  expect(stored.filter(({ confirmed }) => confirmed)).toEqual([])
  expect(corrections.length).toBeGreaterThanOrEqual(4)
  process.stdout.write(
    `a month of ${instances.length} instances: ${sent.length} notifications, ${corrections.length} corrections\n`,
  )
}, 900_000)

function byInstance(a: { instance: string; day?: number }, b: { instance: string; day?: number }): number {
  return a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : (a.day ?? 0) - (b.day ?? 0)
}
