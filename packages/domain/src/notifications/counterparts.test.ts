import { describe, expect, test } from '@jest/globals'
import { FROM_THE_BEGINNING, foldInstance } from '../instance/foldInstance.ts'
import { at, counterpartOf, novaEvent, timingTexts } from '../testkit/story.ts'
import { counterpartKey, periodKey, withoutCounterparts } from './counterparts.ts'
import { type InstanceNotification, sortByPosition } from './instanceNotification.ts'

describe('a notification and its versioned counterpart', () => {
  const classic = novaEvent('create.end', 1)
  const counterpart = counterpartOf(classic)

  test('only the classic one counts, in any order of arrival', () => {
    expect(withoutCounterparts([classic, counterpart])).toEqual([classic])
    expect(withoutCounterparts([counterpart, classic])).toEqual([classic])
  })

  test('the versioned one is left out when the classic one was stored earlier', () => {
    expect(withoutCounterparts([counterpart], new Set([counterpartKey(classic)]))).toEqual([])
  })

  test('each counts without the other', () => {
    expect(withoutCounterparts([classic])).toEqual([classic])
    expect(withoutCounterparts([counterpart])).toEqual([counterpart])
  })
})

test.each([
  ['another request', { requestId: 'req-2' }],
  ['another event', { event: 'compute.instance.create.start' }],
])('a notification of %s is not a counterpart', (_, difference) => {
  const classic = novaEvent('create.end', 1)
  const versioned = counterpartOf(classic, difference)
  expect(withoutCounterparts([classic, versioned])).toEqual([classic, versioned])
})

test('a key may occur several times: a rescheduled create has two starts in each format', () => {
  const [first, second] = [novaEvent('create.start', 1), novaEvent('create.start', 5)]
  expect(withoutCounterparts([first, counterpartOf(first), second, counterpartOf(second)])).toEqual([first, second])
})

describe('an exists', () => {
  const period = (beginning: number, ending: number) => ({
    launchedAt: at(0),
    auditPeriodBeginning: at(beginning),
    auditPeriodEnding: at(ending),
  })
  const classic = novaEvent('exists', 400, { requestId: 'req-1' }, period(0, 399.780411))

  test('is a counterpart by its audit period to the second, regardless of the request', () => {
    expect(withoutCounterparts([classic, counterpartOf(classic, { requestId: '', facts: period(0, 399) })])).toEqual([
      classic,
    ])
  })

  test('is not a counterpart when a second differs', () => {
    const other = counterpartOf(classic, { facts: period(0, 400) })
    const hour = counterpartOf(classic, { facts: period(1, 399) })
    expect(withoutCounterparts([classic, other, hour])).toEqual([classic, other, hour])
  })

  test('has the key of its stored period', () => {
    expect(periodKey(at(0.5), at(399.1))).toBe(counterpartKey(classic))
    expect(periodKey(null, at(399.1))).not.toBe(counterpartKey(classic))
  })
})

describe('a cloud that sends both formats', () => {
  const classic = [
    novaEvent('create.start', 1, {}, { instanceTypeId: '5', instanceFlavorId: 'm1' }),
    novaEvent('create.end', 9, {}, { launchedAt: at(8.5), instanceTypeId: '5', instanceFlavorId: 'm1' }),
    novaEvent('delete.start', 20, { requestId: 'req-2' }),
    novaEvent('delete.end', 22, { requestId: 'req-2' }, { launchedAt: at(8.5), terminatedAt: at(21) }),
  ]
  const versioned = classic.map((notification) => counterpartOf(notification))
  const fold = (story: readonly InstanceNotification[]) =>
    foldInstance('server', FROM_THE_BEGINNING, sortByPosition(story), 'today')

  test('counts nothing twice', () => {
    const { lifecycle, ...rows } = fold([...versioned, ...classic])
    const { lifecycle: classicLifecycle, ...classicRows } = fold(classic)
    expect(rows).toEqual(classicRows)
    expect(lifecycle.notificationId).toBe(classicLifecycle.notificationId)
  })

  test('has the same timings from either format', () => {
    expect(timingTexts(fold(classic).timings)).toEqual(['create 1 to 9', 'delete 20 to 22'])
    expect(timingTexts(fold(versioned).timings)).toEqual(['create 1.01 to 9.01', 'delete 20.01 to 22.01'])
  })

  test('counts events of only one format', () => {
    const lock = counterpartOf(novaEvent('lock', 30))
    expect(fold([...classic, ...versioned, lock]).lifecycle.notificationId).toBe(lock.id)
  })
})
