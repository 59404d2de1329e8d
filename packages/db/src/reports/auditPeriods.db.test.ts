import { beforeEach, describe, expect, test } from '@jest/globals'
import { DAY, MINUTE, parseInstant, type Rules } from '@stacktach/domain'
import { day, notFound, novaAudit, theDay } from '../testkit/novaAudit.ts'
import { storeMessages } from '../testkit/storeTestMessages.ts'
import { novemberTime as at, insertDelete, insertLaunch, insertOffload } from '../testkit/usageRows.ts'

const { database, launch, exists, audits, audit, failures } = novaAudit()

const month = { from: at('01 00:00:00'), until: at('30 00:00:00') + DAY }

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
  await storeMessages(database(), [
    { at: launchedAt, event: 'compute.instance.create.end', request: 'req-east', deployment: 'east' },
    { at: launchedAt, event: 'compute.instance.create.end', request: 'req-west', deployment: 'west' },
  ])
  await insertLaunch(database(), { instance: 'e', request: 'req-east', launchedAt })
  await insertLaunch(database(), { instance: 'w', request: 'req-west', launchedAt })
  const { rows } = await database().pool.query<{ id: number }>('select id from deployment order by name')
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
  await insertOffload(database(), 'shelved', at('20 12:00:40'))
  await launch('deleted', launchedAt)
  await insertDelete(database(), { instance: 'deleted', launchedAt, deletedAt: at('20 12:00:00') })
  await audits('deleted', launchedAt, day, day + DAY, DAY)
  const expected = [notFound('half', '12 09:30:30'), 'No exists for instance (missing)']
  expect(await failures(theDay, 'stacktach')).toEqual(expected)
  expect(await failures()).toEqual(expected)
})
