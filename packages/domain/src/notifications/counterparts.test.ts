import { describe, expect, test } from '@jest/globals'
import { FROM_THE_BEGINNING, foldInstance } from '../instance/foldInstance.ts'
import { at, notice, told, twinOf } from '../testkit/story.ts'
import { counterpartKey, periodKey, withoutCounterparts } from './counterparts.ts'
import { type InstanceNotification, sortByPosition } from './instanceNotification.ts'

describe('of a notification and its versioned counterpart', () => {
  const classic = notice('create.end', 1)
  const counterpart = twinOf(classic)

  test('the classic one is left in, the versioned one left out, whichever came first', () => {
    expect(withoutCounterparts([classic, counterpart])).toEqual([classic])
    expect(withoutCounterparts([counterpart, classic])).toEqual([classic])
  })

  test('the versioned one is left out too when the classic one was stored earlier', () => {
    expect(withoutCounterparts([counterpart], new Set([counterpartKey(classic)]))).toEqual([])
  })

  test('alone, each counts', () => {
    expect(withoutCounterparts([classic])).toEqual([classic])
    expect(withoutCounterparts([counterpart])).toEqual([counterpart])
  })
})

test.each([
  ['another request', { requestId: 'req-2' }],
  ['another event', { event: 'compute.instance.create.start' }],
])('one of %s is no counterpart', (_, other) => {
  const classic = notice('create.end', 1)
  const versioned = twinOf(classic, other)
  expect(withoutCounterparts([classic, versioned])).toEqual([classic, versioned])
})

test('one counterpart is enough: a create that was scheduled again has two starts of each', () => {
  const [first, second] = [notice('create.start', 1), notice('create.start', 5)]
  expect(withoutCounterparts([first, twinOf(first), second, twinOf(second)])).toEqual([first, second])
})

describe('an exists', () => {
  const period = (beginning: number, ending: number) => ({
    launchedAt: at(0),
    auditPeriodBeginning: at(beginning),
    auditPeriodEnding: at(ending),
  })
  const classic = notice('exists', 400, { requestId: 'req-1' }, period(0, 399.780411))

  test('is a counterpart by its audit period to the second, whatever its request', () => {
    expect(withoutCounterparts([classic, twinOf(classic, { requestId: '', facts: period(0, 399) })])).toEqual([classic])
  })

  test('is none when the second differs', () => {
    const other = twinOf(classic, { facts: period(0, 400) })
    const hour = twinOf(classic, { facts: period(1, 399) })
    expect(withoutCounterparts([classic, other, hour])).toEqual([classic, other, hour])
  })

  test('is found by a stored period as by itself', () => {
    expect(periodKey(at(0.5), at(399.1))).toBe(counterpartKey(classic))
    expect(periodKey(null, at(399.1))).not.toBe(counterpartKey(classic))
  })
})

describe('a cloud that sends both formats', () => {
  const classic = [
    notice('create.start', 1, {}, { instanceTypeId: '5', instanceFlavorId: 'm1' }),
    notice('create.end', 9, {}, { launchedAt: at(8.5), instanceTypeId: '5', instanceFlavorId: 'm1' }),
    notice('delete.start', 20, { requestId: 'req-2' }),
    notice('delete.end', 22, { requestId: 'req-2' }, { launchedAt: at(8.5), terminatedAt: at(21) }),
  ]
  const versioned = classic.map((notification) => twinOf(notification))
  const fold = (story: readonly InstanceNotification[]) =>
    foldInstance('server', FROM_THE_BEGINNING, sortByPosition(story), 'today')

  test('counts nothing twice', () => {
    const { lifecycle, ...rows } = fold([...versioned, ...classic])
    const { lifecycle: classicLifecycle, ...classicRows } = fold(classic)
    expect(rows).toEqual(classicRows)
    expect(lifecycle.notificationId).toBe(classicLifecycle.notificationId)
  })

  test('has the same timings from either format', () => {
    expect(told(fold(classic).timings)).toEqual(['create 1 to 9', 'delete 20 to 22'])
    expect(told(fold(versioned).timings)).toEqual(['create 1.01 to 9.01', 'delete 20.01 to 22.01'])
  })

  test('keeps what only one format says', () => {
    const lock = twinOf(notice('lock', 30))
    expect(fold([...classic, ...versioned, lock]).lifecycle.notificationId).toBe(lock.id)
  })
})
