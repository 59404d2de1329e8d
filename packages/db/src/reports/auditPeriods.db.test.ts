import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DAY, HOUR, type Instant, MINUTE, novaUsageAudit, parseInstant, type Rules, SECOND } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { everywhere, storeMessages } from '../testkit/storeTestMessages.ts'
import {
  novemberTime as at,
  insertDelete,
  insertExists,
  insertLaunch,
  insertOffload,
  type TestExists,
} from '../testkit/usageRows.ts'
import { auditNovaUsage } from './auditNovaUsage.ts'

const day = at('20 00:00:00')
const theDay = { from: day, until: day + DAY }
const month = { from: at('01 00:00:00'), until: at('30 00:00:00') + DAY }

let testDatabase: TestDatabase
let database: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

const launch = (instance: string, launchedAt: Instant, firstWhen = launchedAt) =>
  insertLaunch(database, { instance, launchedAt, firstWhen })

const exists = (
  instance: string,
  launchedAt: Instant,
  from: Instant,
  until: Instant,
  fields: Partial<TestExists> = {},
) => insertExists(database, { instance, launchedAt, from, until, ...fields })

/** An exists for each audit period of `length` between two times. */
async function audits(instance: string, launchedAt: Instant, from: Instant, until: Instant, length = HOUR) {
  for (let start = from; start < until; start += length) await exists(instance, launchedAt, start, start + length)
}

const audit = (period = theDay, rules: Rules = 'today') => auditNovaUsage(database.pool, everywhere(period, rules))

/** The texts of the launches that fail. */
async function failures(period = theDay, rules: Rules = 'today') {
  return novaUsageAudit.shape(await audit(period, rules)).launch_fails.map(([, text]) => text)
}

const notFound = (instance: string, launchedAt: string) =>
  `Couldn't find exists for launch (${instance}, 2026-11-${launchedAt})`

describe('hourly audits and a report of the day:', () => {
  const launchedAt = at('20 09:30:30')

  test('exists that cover the time since the launch', async () => {
    await launch('i', launchedAt)
    await audits('i', launchedAt, at('20 09:00:00'), day + DAY)
    expect(await failures()).toEqual([])
    expect(await failures(theDay, 'stacktach')).toEqual(['No exists for instance (i)'])
    const { periodic, instantaneous } = await audit()
    expect(periodic).toEqual([{ periodic: true, status: 'verified', sendStatus: 0, count: 14 }])
    expect(instantaneous).toEqual([])
  })

  test('missing hours fail, and the gaps are shown', async () => {
    await launch('i', launchedAt)
    await audits('i', launchedAt, at('20 09:00:00'), at('20 13:00:00'))
    await audits('i', launchedAt, at('20 14:00:00'), at('20 20:00:00'))
    await audits('i', launchedAt, at('20 22:00:00'), day + DAY)
    const gaps = 'from 2026-11-20 13:00:00 to 2026-11-20 14:00:00, from 2026-11-20 20:00:00 to 2026-11-20 22:00:00'
    expect(await failures()).toEqual([`${notFound('i', '20 09:30:30')}: no exists ${gaps}`])
  })

  test('audits that end at noon fail for the rest of the day', async () => {
    await launch('i', launchedAt)
    await audits('i', launchedAt, at('20 09:00:00'), at('20 12:00:00'))
    const gap = 'from 2026-11-20 12:00:00 to 2026-11-21 00:00:00'
    expect(await failures()).toEqual([`${notFound('i', '20 09:30:30')}: no exists ${gap}`])
  })

  test('a launch minutes before the end of the day needs an exists, too', async () => {
    const late = at('20 23:57:00')
    await launch('reported', late)
    await exists('reported', late, at('20 23:00:00'), day + DAY)
    await launch('missing', late)
    expect(await failures()).toEqual(['No exists for instance (missing)'])
  })

  test('an instance of an earlier day', async () => {
    await launch('i', at('03 09:30:30'))
    await audits('i', at('03 09:30:30'), day - 2 * HOUR, day + 30 * HOUR)
    expect(await failures()).toEqual([])
    await launch('gone', at('03 09:30:30'))
    await audits('gone', at('03 09:30:30'), day - 2 * HOUR, day)
    expect(await failures()).toEqual(['No exists for instance (gone)'])
  })

  test('a deleted instance is not reported after the hour of its delete', async () => {
    await launch('i', launchedAt)
    await insertDelete(database, { instance: 'i', launchedAt, deletedAt: at('20 15:20:00') })
    await audits('i', launchedAt, at('20 09:00:00'), at('20 16:00:00'))
    await launch('other', launchedAt)
    await audits('other', launchedAt, at('20 09:00:00'), day + DAY)
    expect(await failures()).toEqual([])
  })

  test('a restored instance is reported on; only an effective delete ends its time', async () => {
    const softDelete = { launchedAt, deletedAt: at('20 11:20:00'), effective: false }
    for (const instance of ['reported', 'forgotten']) {
      await launch(instance, launchedAt)
      await insertDelete(database, { instance, ...softDelete })
    }
    await audits('reported', launchedAt, at('20 09:00:00'), day + DAY)
    await audits('forgotten', launchedAt, at('20 09:00:00'), at('20 12:00:00'))
    const gap = 'from 2026-11-20 12:00:00 to 2026-11-21 00:00:00'
    expect(await failures()).toEqual([`${notFound('forgotten', '20 09:30:30')}: no exists ${gap}`])
    await insertDelete(database, { instance: 'forgotten', launchedAt, deletedAt: at('20 11:40:00') })
    expect(await failures()).toEqual([])
  })

  test.each([
    ['resized', at('20 15:10:00')],
    ['rebuilt', at('20 15:10:20')],
  ])('an instance that is %s has a launch before and one after', async (_, relaunchedAt) => {
    await launch('i', launchedAt)
    await launch('i', relaunchedAt, at('20 15:10:00'))
    await audits('i', launchedAt, at('20 09:00:00'), at('20 15:00:00'))
    await exists('i', launchedAt, at('20 15:00:00'), at('20 15:09:59'))
    await audits('i', relaunchedAt, at('20 15:00:00'), day + DAY)
    expect(await failures()).toEqual([])
  })

  test('an audit during a resize: the exists of its launch cover it', async () => {
    const relaunchedAt = at('20 15:40:00')
    await launch('i', launchedAt)
    const resized = await launch('i', relaunchedAt, at('20 14:50:00'))
    await audits('i', launchedAt, at('20 09:00:00'), at('20 15:00:00'))
    // The resize had not finished, and the exists has the launch time before it, with the new flavor.
    await exists('i', launchedAt, at('20 15:00:00'), at('20 16:00:00'), { launchId: resized })
    await audits('i', relaunchedAt, at('20 16:00:00'), day + DAY)
    expect(await failures()).toEqual([])
  })

  test('a resize that failed keeps the launch time: both launches have the same exists', async () => {
    await launch('i', launchedAt)
    await launch('i', launchedAt - 0.5 * SECOND, at('20 15:10:00'))
    await audits('i', launchedAt, at('20 09:00:00'), day + DAY)
    expect(await failures()).toEqual([])
  })

  test('an offloaded instance has no host to report it until it is unshelved', async () => {
    await launch('i', launchedAt)
    await audits('i', launchedAt, at('20 09:00:00'), at('20 12:00:00'))
    await exists('i', launchedAt, at('20 12:00:00'), at('20 12:20:00'))
    await insertOffload(database, 'i', at('20 13:30:00'))
    await launch('i', at('20 18:05:00'))
    await audits('i', at('20 18:05:00'), at('20 18:00:00'), day + DAY)
    expect(await failures()).toEqual([])
    await launch('unreported', launchedAt)
    await insertOffload(database, 'unreported', at('20 13:30:00'))
    expect(await failures()).toEqual(['No exists for instance (unreported)'])
  })

  test('up to five minutes between exists are differences between clocks', async () => {
    for (const [instance, gap] of [
      ['short', 5 * MINUTE],
      ['long', 5 * MINUTE + SECOND],
    ] as const) {
      await launch(instance, launchedAt)
      await exists(instance, launchedAt, at('20 09:00:00'), at('20 12:00:00') - gap)
      await audits(instance, launchedAt, at('20 12:00:00'), day + DAY)
    }
    expect(await failures()).toEqual([
      `${notFound('long', '20 09:30:30')}: no exists from 2026-11-20 11:54:59 to 2026-11-20 12:00:00`,
    ])
  })
})

describe('daily audits at an offset:', () => {
  const launchedAt = at('03 09:30:30')
  const six = at('20 06:00:00')

  test('the end of the day is due when its audit was seen', async () => {
    await launch('i', launchedAt)
    await launch('new', at('20 10:00:00'))
    await exists('i', launchedAt, six - DAY, six)
    expect(await failures()).toEqual([])
    await exists('i', launchedAt, six, six + DAY)
    expect(await failures()).toEqual(['No exists for instance (new)'])
    await exists('new', at('20 10:00:00'), six, six + DAY)
    expect(await failures()).toEqual([])
  })

  test('a missing day fails', async () => {
    await launch('i', launchedAt)
    await exists('i', launchedAt, six, six + DAY)
    const gap = 'from 2026-11-20 00:00:00 to 2026-11-20 06:00:00'
    expect(await failures()).toEqual([`${notFound('i', '03 09:30:30')}: no exists ${gap}`])
  })
})

describe('monthly audits:', () => {
  const october = parseInstant('2026-10-01 00:00:00') ?? 0
  const launchedAt = at('12 09:30:30')

  beforeEach(async () => {
    await launch('old', october)
    await exists('old', october, october, month.from)
    await launch('i', launchedAt)
  })

  test('nothing is due in a report of a day', async () => {
    expect(await failures()).toEqual([])
    expect(await failures({ from: day, until: day + 7 * DAY })).toEqual([])
  })

  test('a report of the month', async () => {
    expect(await failures(month)).toEqual(['No exists for instance (i)', 'No exists for instance (old)'])
    await exists('old', october, month.from, month.until)
    await exists('i', launchedAt, month.from, month.until)
    expect(await failures(month)).toEqual([])
    expect(await failures()).toEqual([])
  })
})

test('each deployment has its own audits', async () => {
  const launchedAt = at('20 10:00:00')
  await storeMessages(database, [
    { at: launchedAt, event: 'compute.instance.create.end', request: 'req-east', deployment: 'east' },
    { at: launchedAt, event: 'compute.instance.create.end', request: 'req-west', deployment: 'west' },
  ])
  await insertLaunch(database, { instance: 'e', request: 'req-east', launchedAt })
  await insertLaunch(database, { instance: 'w', request: 'req-west', launchedAt })
  const { rows } = await database.pool.query<{ id: number }>('select id from deployment order by name')
  const [east, west] = rows.map(({ id }) => id)
  if (east === undefined || west === undefined) throw new Error('two deployments expected')
  // East audits each hour, and west each day at six.
  await exists('other', launchedAt, at('20 10:00:00'), at('20 11:00:00'), { deployment: east })
  await exists('other', launchedAt, at('19 06:00:00'), at('20 06:00:00'), { deployment: west })
  expect(await failures()).toEqual(['No exists for instance (e)'])
})

test('an exists with a whole audit period is periodic, others are instantaneous', async () => {
  const whole: [string, string][] = [
    ['19 12:00:00', '20 12:00:00'],
    ['20 06:00:00', '20 07:00:00'],
    ['20 06:15:00', '20 07:15:00'],
    ['19 06:30:30', '20 06:30:30'],
  ]
  const parts: [string, string][] = [
    ['20 06:00:00', '20 06:59:59'],
    ['20 06:00:30', '20 07:00:30'],
    ['01 00:00:00', '20 06:12:11'],
    ['01 00:00:00', '20 00:00:00'],
  ]
  for (const [from, until] of [...whole, ...parts]) await exists('i', day, at(from), at(until))
  for (const [months, years] of [
    [1, 0],
    [0, 1],
    [2, 0],
  ] as const) {
    const date = new Date(at('20 06:00:00') / 1000)
    date.setUTCMonth(date.getUTCMonth() - months)
    date.setUTCFullYear(date.getUTCFullYear() - years)
    await exists('i', day, date.getTime() * 1000, at('20 06:00:00'))
  }
  const counts = async (rules: Rules) => {
    const { periodic, instantaneous } = await audit(theDay, rules)
    return [periodic, instantaneous].map((list) => list.reduce((sum, { count }) => sum + count, 0))
  }
  expect(await counts('today')).toEqual([whole.length + 2, parts.length + 1])
  expect(await counts('stacktach')).toEqual([2, 4])
})

test('an exists that began before the period and reports another launch is not one of the period', async () => {
  await launch('i', at('12 09:30:30'))
  await launch('i', at('20 02:00:00'))
  await exists('i', at('11 09:30:30'), at('19 20:00:00'), at('20 01:00:00'))
  expect(await failures()).toEqual(['No exists for instance (i)'])
  await exists('i', at('12 09:30:30'), at('19 20:00:00'), at('20 01:30:00'))
  expect(await failures()).toEqual([
    `${notFound('i', '12 09:30:30')}: no exists from 2026-11-20 01:30:00 to 2026-11-20 02:00:00`,
    notFound('i', '20 02:00:00'),
  ])
})

test('with daily audits at midnight, the launches that fail are those that fail with the rules of StackTach', async () => {
  const launchedAt = at('20 09:30:30')
  const relaunchedAt = at('20 15:10:20')
  await launch('reported', launchedAt)
  await audits('reported', launchedAt, day, day + DAY, DAY)
  await launch('missing', launchedAt)
  await launch('resized', at('12 09:30:30'))
  await launch('resized', relaunchedAt, relaunchedAt - MINUTE)
  await exists('resized', at('12 09:30:30'), day, relaunchedAt - MINUTE)
  await audits('resized', relaunchedAt, day, day + DAY, DAY)
  await launch('half', at('12 09:30:30'))
  await launch('half', relaunchedAt, relaunchedAt - MINUTE)
  await audits('half', relaunchedAt, day, day + DAY, DAY)
  await launch('shelved', at('12 09:30:30'))
  await exists('shelved', at('12 09:30:30'), day, at('20 12:00:00'))
  await insertOffload(database, 'shelved', at('20 12:00:40'))
  await launch('deleted', launchedAt)
  await insertDelete(database, { instance: 'deleted', launchedAt, deletedAt: at('20 12:00:00') })
  await audits('deleted', launchedAt, day, day + DAY, DAY)
  const expected = [notFound('half', '12 09:30:30'), 'No exists for instance (missing)']
  expect(await failures(theDay, 'stacktach')).toEqual(expected)
  expect(await failures()).toEqual(expected)
})
