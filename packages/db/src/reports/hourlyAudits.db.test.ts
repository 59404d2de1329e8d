import { describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE, SECOND } from '@stacktach/domain'
import { day, notFound, novaAudit, theDay } from '../testkit/novaAudit.ts'
import { novemberTime as at, insertDelete, insertOffload } from '../testkit/usageRows.ts'

const { database, launch, exists, audits, audit, failures } = novaAudit()

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
    await insertDelete(database(), { instance: 'i', launchedAt, deletedAt: at('20 15:20:00') })
    await audits('i', launchedAt, at('20 09:00:00'), at('20 16:00:00'))
    await launch('other', launchedAt)
    await audits('other', launchedAt, at('20 09:00:00'), day + DAY)
    expect(await failures()).toEqual([])
  })

  test('a restored instance is reported on; only an effective delete ends its time', async () => {
    const softDelete = { launchedAt, deletedAt: at('20 11:20:00'), effective: false }
    for (const instance of ['reported', 'forgotten']) {
      await launch(instance, launchedAt)
      await insertDelete(database(), { instance, ...softDelete })
    }
    await audits('reported', launchedAt, at('20 09:00:00'), day + DAY)
    await audits('forgotten', launchedAt, at('20 09:00:00'), at('20 12:00:00'))
    const gap = 'from 2026-11-20 12:00:00 to 2026-11-21 00:00:00'
    expect(await failures()).toEqual([`${notFound('forgotten', '20 09:30:30')}: no exists ${gap}`])
    await insertDelete(database(), { instance: 'forgotten', launchedAt, deletedAt: at('20 11:40:00') })
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
    await insertOffload(database(), 'i', at('20 13:30:00'))
    await launch('i', at('20 18:05:00'))
    await audits('i', at('20 18:05:00'), at('20 18:00:00'), day + DAY)
    expect(await failures()).toEqual([])
    await launch('unreported', launchedAt)
    await insertOffload(database(), 'unreported', at('20 13:30:00'))
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
