import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { countMissing, listMissing } from '@stacktach/db'
import { ALL_TIME, HOUR, MINUTE, type NovaRow, SECOND } from '@stacktach/domain'
import { createLogger, type Logger } from '@stacktach/runtime'
import { foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import { findMissing } from './findMissing.ts'

let stack: JobStack

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

/** An instance on a host, launched at 8:30, and its hourly exists. */
function onHost(instance: string, host: string, hours: readonly number[]): NovaRow[] {
  const launched = { launchedAt: MONDAY + 8.5 * HOUR, instanceFlavorId: 'small' }
  const requestId = `req-${instance}`
  return [
    novaRow(instance, 'create.end', MONDAY + 8.5 * HOUR, { requestId, host }, { ...launched, message: 'Success' }),
    ...hours.map((hour) => {
      const until = MONDAY + (hour + 1) * HOUR
      const period = { auditPeriodBeginning: until - HOUR, auditPeriodEnding: until }
      return novaRow(instance, 'exists', until + SECOND, { host }, { ...launched, ...period })
    }),
  ]
}

/** A logger that keeps the warnings. */
function keepWarnings(): { logger: Logger; warnings: unknown[] } {
  const warnings: unknown[] = []
  const logger = createLogger('test', 'silent')
  logger.warn = (...entry: unknown[]) => {
    warnings.push(entry)
  }
  return { logger, warnings }
}

async function run(now: number, rows: readonly NovaRow[] = [], logger = stack.context.logger) {
  if (rows.length > 0) await storeRows(stack, rows)
  await foldAll(stack)
  return findMissing({ ...stack.context, clock: () => now, logger })
}

const missing = async () =>
  (await listMissing(stack.database, { tenants: null, deployments: null, limit: 100, period: ALL_TIME })).map(
    ({ instance, host, from, until }) => `${instance} on ${host} ${(from - MONDAY) / HOUR} ${(until - MONDAY) / HOUR}`,
  )

const minutesAfter = (hour: number, minutes: number) => MONDAY + hour * HOUR + minutes * MINUTE

test('a host that sent no exists is named, with its instances, once', async () => {
  const { logger, warnings } = keepWarnings()
  const rows = [
    ...onHost('a', 'compute-07', [8]),
    ...onHost('b', 'compute-07', [8]),
    ...onHost('c', 'compute-08', [8, 9]),
  ]
  expect(await run(minutesAfter(9, 30), rows, logger)).toEqual({ hosts: 0 })
  expect(await run(minutesAfter(10, 19), [], logger)).toEqual({ hosts: 0 })
  expect(await run(minutesAfter(10, 20), [], logger)).toEqual({ hosts: 1 })
  expect(await missing()).toEqual(['b on compute-07 9 10', 'a on compute-07 9 10'])
  expect(await run(minutesAfter(10, 25), [], logger)).toEqual({ hosts: 0 })
  expect(warnings).toEqual([
    [
      {
        ...{ deployment: 'cloud', host: 'compute-07', instances: 2 },
        ...{ from: '2026-11-16 09:00:00', until: '2026-11-16 10:00:00' },
      },
      'a host sent no exists',
    ],
  ])
  expect(await countMissing(stack.database.pool, minutesAfter(10, 25))).toEqual([{ deployment: 'cloud', instances: 2 }])
  expect(await countMissing(stack.database.pool, minutesAfter(10 + 24, 1))).toEqual([
    { deployment: 'cloud', instances: 0 },
  ])
})

test('contiguous hours are one row; an exists in the middle divides it', async () => {
  await run(minutesAfter(9, 30), [...onHost('a', 'h1', [8]), ...onHost('b', 'h2', [8, 9, 10, 11])])
  for (const hour of [10, 11, 12]) await run(minutesAfter(hour, 30))
  expect(await missing()).toEqual(['a on h1 9 12'])
  const [, late] = onHost('a', 'h1', [10])
  await run(minutesAfter(12, 40), late === undefined ? [] : [late])
  expect(await missing()).toEqual(['a on h1 11 12', 'a on h1 9 10'])
})

test('a late delete removes what is missing after it; a pending or failed exists is not missing', async () => {
  await run(minutesAfter(9, 30), [...onHost('a', 'h1', [8]), ...onHost('b', 'h2', [8, 9, 10])])
  await run(minutesAfter(11, 30))
  expect(await missing()).toEqual(['a on h1 9 11'])
  const deletedAt = MONDAY + 9.25 * HOUR
  const facts = { launchedAt: MONDAY + 8.5 * HOUR, terminatedAt: deletedAt, deletedAt }
  await run(minutesAfter(11, 40), [novaRow('a', 'delete.end', deletedAt, { requestId: 'del', host: 'h1' }, facts)])
  expect(await missing()).toEqual(['a on h1 9 9.25'])
  await stack.database.pool.query(`update instance_exists set status = 'failed' where instance = 'b'`)
  await run(minutesAfter(12, 30), onHost('b', 'h2', [11]).slice(1))
  expect(await missing()).toEqual(['a on h1 9 9.25'])
})

test('an instance that was launched while nothing ran is found', async () => {
  await run(minutesAfter(9, 30), onHost('b', 'h2', [8, 9]))
  await run(minutesAfter(14, 30), [...onHost('a', 'h1', []), ...onHost('b', 'h2', [10, 11, 12, 13]).slice(1)])
  expect(await missing()).toEqual(['a on h1 9 14'])
})
