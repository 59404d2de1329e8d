import { describe, expect, test } from '@jest/globals'
import { counterpartKey } from '../notifications/counterparts.ts'
import { type InstanceNotification, positionOf, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, counterpartOf, novaEvent, timingTexts } from '../testkit/story.ts'
import { type FoldState, FROM_THE_BEGINNING, foldInstance, needsRefold } from './foldInstance.ts'

function fold(story: readonly InstanceNotification[], state: FoldState = FROM_THE_BEGINNING, rules: Rules = 'today') {
  return foldInstance('server', state, sortByPosition(story), rules)
}

describe.each(['today', 'stacktach'] as const)('the life of an instance (%s)', (rules) => {
  const foldFromBeginning = (notifications: readonly InstanceNotification[]) =>
    fold(notifications, FROM_THE_BEGINNING, rules)

  const story = [
    novaEvent('update', 1, { state: 'building', oldTask: 'scheduling' }),
    novaEvent('create.start', 2, { state: 'building', oldTask: '' }),
    novaEvent('create.end', 9, { state: 'active', oldTask: 'spawning' }, { launchedAt: at(8) }),
    novaEvent('exists', 60, { requestId: 'req-2', state: 'active', oldTask: null }, { launchedAt: at(8) }),
    novaEvent('delete.start', 70, { requestId: 'req-3' }),
    novaEvent('delete.end', 75, { requestId: 'req-3', state: 'deleted' }, { launchedAt: at(8), terminatedAt: at(74) }),
  ]

  test('is in its rows', () => {
    const { lifecycle, timings, launches, exists, deletes } = foldFromBeginning(story)
    expect(lifecycle).toMatchObject({ instance: 'server', when: at(75), state: 'deleted', taskState: '' })
    expect(timingTexts(timings)).toEqual(['create 2 to 9', 'delete 70 to 75'])
    expect(launches).toMatchObject([{ requestId: 'req-1', launchedAt: at(8) }])
    expect(exists).toMatchObject([{ launchedAt: at(8), when: at(60) }])
    expect(deletes).toMatchObject([{ launchedAt: at(8), deletedAt: at(74) }])
  })

  test('has the state and the old task of the last notification', () => {
    const states = story.map((_, index) => foldFromBeginning(story.slice(0, index + 1)).lifecycle)
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

  test('the rows do not depend on the order of arrival', () => {
    expect(foldFromBeginning([...story].reverse())).toEqual(foldFromBeginning(story))
  })

  test('a delete before its create makes the rows of both', () => {
    const [start, end] = [novaEvent('create.start', 30), novaEvent('create.end', 40, {}, { launchedAt: at(8) })]
    const early = novaEvent('delete.end', 20, { requestId: 'req-3' }, { launchedAt: at(8), terminatedAt: at(19) })
    const { timings, deletes, launches } = foldFromBeginning([start, end, early])
    expect(timingTexts(timings)).toEqual(['delete ? to 20', 'create 30 to 40'])
    expect(deletes).toHaveLength(1)
    expect(launches).toMatchObject([{ launchedAt: at(8) }])
  })
})

test('a fold without notifications is an error', () => {
  expect(() => fold([])).toThrow('at least one notification')
})

test('a counterpart that is left out advances the position and changes nothing else', () => {
  const end = novaEvent('create.end', 9, { state: 'active' })
  const { lifecycle } = fold([novaEvent('create.start', 5), end])
  const counterpart = counterpartOf(end, { state: 'counterpart' })
  const next = fold([counterpart], {
    ...FROM_THE_BEGINNING,
    lifecycle,
    storedClassic: new Set([counterpartKey(end)]),
  }).lifecycle
  expect(next).toEqual({ ...lifecycle, ...positionOf(counterpart), hasVersioned: true })
  expect(next).toMatchObject({ notificationId: end.id, state: 'active' })
})

describe('the lifecycle has', () => {
  const created = novaEvent('create.end', 9, { host: 'host-1' }, { launchedAt: at(8) })
  const deleted = novaEvent('delete.end', 75, { requestId: 'req-3' }, { launchedAt: at(8), terminatedAt: at(74) })
  const lifecycleOf = (story: readonly InstanceNotification[]) => fold(story).lifecycle

  test('its launch and delete, tenant, host and deployment', () => {
    const fields = { launchedAt: at(8), tenant: 'tenant', host: 'host-1', deploymentId: 1 }
    expect(lifecycleOf([created])).toMatchObject({ ...fields, deletedAt: null })
    expect(lifecycleOf([created, deleted])).toMatchObject({ ...fields, deletedAt: at(74) })
    expect(lifecycleOf([novaEvent('create.start', 1)])).toMatchObject({ launchedAt: null, deletedAt: null })
  })

  test('the same when a later fold adds notifications', () => {
    const first = fold([created])
    const state = { ...FROM_THE_BEGINNING, lifecycle: first.lifecycle }
    expect(fold([deleted], state).lifecycle).toEqual(lifecycleOf([created, deleted]))
    const second = fold([deleted], state)
    const update = novaEvent('update', 80, { deploymentId: 2 })
    const next = fold([update], { ...FROM_THE_BEGINNING, lifecycle: second.lifecycle })
    expect(next.lifecycle).toMatchObject({ deletedAt: at(74), deploymentId: 2 })
  })

  test('the first launch, also of a late notification', () => {
    const resized = novaEvent('finish_resize.end', 30, { requestId: 'req-2' }, { launchedAt: at(29) })
    expect(lifecycleOf([created, resized]).launchedAt).toBe(at(8))
    const exists = novaEvent('exists', 60, { requestId: 'req-4' }, { launchedAt: at(2) })
    expect(fold([exists], { ...FROM_THE_BEGINNING, lifecycle: lifecycleOf([resized]) }).lifecycle.launchedAt).toBe(
      at(2),
    )
  })

  test('no delete that was restored or replaced', () => {
    const soft = novaEvent('soft_delete.end', 40, { requestId: 'req-2' }, { launchedAt: at(8), deletedAt: at(39) })
    const restored = novaEvent('restore.end', 50, { requestId: 'req-3' }, { launchedAt: at(8) })
    expect(lifecycleOf([created, soft]).deletedAt).toBe(at(39))
    expect(lifecycleOf([created, soft, restored]).deletedAt).toBeNull()
    const { deletes, lifecycle } = fold([created, soft])
    expect(fold([restored], { ...FROM_THE_BEGINNING, lifecycle, deletes }).lifecycle.deletedAt).toBeNull()
    expect(lifecycleOf([created, soft, deleted]).deletedAt).toBe(at(74))
  })

  test('the host of the last notification of nova-compute', () => {
    const migrated = novaEvent('live_migration.post.dest.end', 20, { host: 'host-2' })
    const api = novaEvent('update', 30, { host: 'controller', service: 'api' })
    expect(lifecycleOf([created, migrated, api]).host).toBe('host-2')
    expect(lifecycleOf([api]).host).toBeNull()
  })

  test('no deployment until a refold, if an earlier version wrote it', () => {
    const old = { ...lifecycleOf([created]), launchedAt: null, deploymentId: null }
    const next = fold([novaEvent('update', 80)], { ...FROM_THE_BEGINNING, lifecycle: old }).lifecycle
    expect(next).toMatchObject({ deploymentId: null, when: at(80) })
  })
})

describe('an instance is refolded', () => {
  const created = novaEvent('create.end', 9)
  const classicOnly = fold([novaEvent('create.start', 1), created]).lifecycle
  const versionedOnly = fold([counterpartOf(created)]).lifecycle
  const both = fold([created, counterpartOf(created)]).lifecycle

  test('when a notification precedes the position', () => {
    expect(needsRefold(classicOnly, [novaEvent('update', 10)])).toBe(false)
    expect(needsRefold(classicOnly, [novaEvent('update', 10), novaEvent('update', 8)])).toBe(true)
    // In the same microsecond an update precedes the end, and reboot.end follows create.end.
    expect(needsRefold(classicOnly, [novaEvent('update', 9)])).toBe(true)
    expect(needsRefold(classicOnly, [novaEvent('reboot.end', 9)])).toBe(false)
  })

  test('when the notification is already folded', () => {
    expect(needsRefold(classicOnly, [created])).toBe(true)
  })

  test('when the first notification of a second format arrives', () => {
    expect(needsRefold(classicOnly, [counterpartOf(novaEvent('update', 10))])).toBe(true)
    expect(needsRefold(versionedOnly, [novaEvent('update', 10)])).toBe(true)
    expect(needsRefold(both, [novaEvent('update', 10), counterpartOf(novaEvent('update', 11))])).toBe(false)
  })

  test('when the classic counterpart of a folded versioned notification arrives', () => {
    const late = novaEvent('pause.end', 20)
    expect(needsRefold(both, [late], new Set([counterpartKey(late)]))).toBe(true)
    expect(needsRefold(both, [counterpartOf(late)], new Set([counterpartKey(late)]))).toBe(false)
  })

  test('but not when it was never folded', () => {
    expect(needsRefold(null, [created, counterpartOf(created)])).toBe(false)
  })
})
