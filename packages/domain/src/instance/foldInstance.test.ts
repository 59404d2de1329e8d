import { describe, expect, test } from '@jest/globals'
import { counterpartKey } from '../notifications/counterparts.ts'
import { type InstanceNotification, positionOf, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, notice, told, twinOf } from '../testkit/story.ts'
import { type FoldState, FROM_THE_BEGINNING, foldInstance, needsRefold } from './foldInstance.ts'

function fold(story: readonly InstanceNotification[], state: FoldState = FROM_THE_BEGINNING, rules: Rules = 'today') {
  return foldInstance('server', state, sortByPosition(story), rules)
}

describe.each(['today', 'stacktach'] as const)('the life of an instance (%s)', (rules) => {
  const life = (told: readonly InstanceNotification[]) => fold(told, FROM_THE_BEGINNING, rules)

  const story = [
    notice('update', 1, { state: 'building', oldTask: 'scheduling' }),
    notice('create.start', 2, { state: 'building', oldTask: '' }),
    notice('create.end', 9, { state: 'active', oldTask: 'spawning' }, { launchedAt: at(8) }),
    notice('exists', 60, { requestId: 'req-2', state: 'active', oldTask: null }, { launchedAt: at(8) }),
    notice('delete.start', 70, { requestId: 'req-3' }),
    notice('delete.end', 75, { requestId: 'req-3', state: 'deleted' }, { launchedAt: at(8), terminatedAt: at(74) }),
  ]

  test('is told by its rows', () => {
    const { lifecycle, timings, launches, exists, deletes } = life(story)
    expect(lifecycle).toMatchObject({ instance: 'server', when: at(75), state: 'deleted', taskState: '' })
    expect(told(timings)).toEqual(['create 2 to 9', 'delete 70 to 75'])
    expect(launches).toMatchObject([{ requestId: 'req-1', launchedAt: at(8) }])
    expect(exists).toMatchObject([{ launchedAt: at(8), when: at(60) }])
    expect(deletes).toMatchObject([{ launchedAt: at(8), deletedAt: at(74) }])
  })

  test('ends with the last notification: its state, and its old task', () => {
    const states = story.map((_, index) => life(story.slice(0, index + 1)).lifecycle)
    expect(states.map(({ state, taskState }) => [state, taskState])).toEqual([
      ['building', 'scheduling'],
      ['building', ''],
      ['active', 'spawning'],
      ['active', null],
      ['active', ''],
      ['deleted', ''],
    ])
    expect(states.map(({ notificationId }) => notificationId)).toEqual(story.map(({ id }) => id))
  })

  test('a delete told before its create is the same life', () => {
    expect(life([...story].reverse())).toEqual(life(story))
  })

  test('a delete with an earlier when than its create makes both, each by itself', () => {
    const [start, end] = [notice('create.start', 30), notice('create.end', 40, {}, { launchedAt: at(8) })]
    const early = notice('delete.end', 20, { requestId: 'req-3' }, { launchedAt: at(8), terminatedAt: at(19) })
    const { timings, deletes, launches } = life([start, end, early])
    expect(told(timings)).toEqual(['delete ? to 20', 'create 30 to 40'])
    expect(deletes).toHaveLength(1)
    expect(launches).toMatchObject([{ launchedAt: at(8) }])
  })
})

test('a fold of nothing is a mistake', () => {
  expect(() => fold([])).toThrow('at least one notification')
})

test('a counterpart that is left out moves the position, and says nothing of its own', () => {
  const end = notice('create.end', 9, { state: 'active' })
  const { lifecycle } = fold([notice('create.start', 5), end])
  const counterpart = twinOf(end, { state: 'counterpart' })
  const next = fold([counterpart], {
    ...FROM_THE_BEGINNING,
    lifecycle,
    knownClassic: new Set([counterpartKey(end)]),
  }).lifecycle
  expect(next).toEqual({ ...lifecycle, ...positionOf(counterpart), hasVersioned: true })
  expect(next).toMatchObject({ notificationId: end.id, state: 'active' })
})

describe('an instance is folded from its beginning again', () => {
  const created = notice('create.end', 9)
  const classicOnly = fold([notice('create.start', 1), created]).lifecycle
  const versionedOnly = fold([twinOf(created)]).lifecycle
  const both = fold([created, twinOf(created)]).lifecycle

  test('when a notification belongs before the position reached', () => {
    expect(needsRefold(classicOnly, [notice('update', 10)])).toBe(false)
    expect(needsRefold(classicOnly, [notice('update', 10), notice('update', 8)])).toBe(true)
    // The same microsecond: before the end by its rank, after it by its event.
    expect(needsRefold(classicOnly, [notice('update', 9)])).toBe(true)
    expect(needsRefold(classicOnly, [notice('reboot.end', 9)])).toBe(false)
  })

  test('when it is folded already', () => {
    expect(needsRefold(classicOnly, [created])).toBe(true)
  })

  test('when a second format comes', () => {
    expect(needsRefold(classicOnly, [twinOf(notice('update', 10))])).toBe(true)
    expect(needsRefold(versionedOnly, [notice('update', 10)])).toBe(true)
    expect(needsRefold(both, [notice('update', 10), twinOf(notice('update', 11))])).toBe(false)
  })

  test('when a classic counterpart comes of a versioned one that counted', () => {
    const late = notice('pause.end', 20)
    expect(needsRefold(both, [late], new Set([counterpartKey(late)]))).toBe(true)
    expect(needsRefold(both, [twinOf(late)], new Set([counterpartKey(late)]))).toBe(false)
  })

  test('and not when it was never folded', () => {
    expect(needsRefold(null, [created, twinOf(created)])).toBe(false)
  })
})
