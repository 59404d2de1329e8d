import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { aggregatesOf } from '../testkit/aggregatesOf.ts'
import { at, counterpartOf, novaEvent } from '../testkit/story.ts'

// The notifications of each operation in nova's order, and the rows they make.

const small = { instanceFlavorId: 'small' }
const large = { instanceFlavorId: 'large' }
const under = (requestId: string) => ({ requestId })
const api = (seconds: number, fields: Partial<InstanceNotification> = {}) =>
  novaEvent('update', seconds, { service: 'nova-api', oldTask: null, ...fields })

describe.each(['today', 'stacktach'] as const)('operations (%s)', (rules) => {
  const create = [
    api(1, { state: 'building', oldTask: 'scheduling' }),
    novaEvent('create.start', 2, { state: 'building', oldTask: '' }, small),
    novaEvent(
      'create.end',
      9,
      { state: 'active', oldTask: 'spawning' },
      { ...small, launchedAt: at(8), message: 'Success' },
    ),
  ]

  test('a create makes a timing, a launch, and a request from the api update to the last end', () => {
    const { timings, launches, kpi, deletes, exists } = aggregatesOf(rules, ...create)
    expect(timings).toEqual(['create 2 to 9'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(kpi).toEqual(['req-1 8 s'])
    expect([...deletes, ...exists]).toEqual([])
  })

  test('a create in progress is a timing without an end, a launch without launched_at, and a request that has not ended', () => {
    const { timings, launches, kpi, store } = aggregatesOf(rules, ...create.slice(0, 2))
    expect(timings).toEqual(['create 2 to ?'])
    expect(launches).toEqual(['req-1 small at ?'])
    expect(kpi).toEqual(['req-1 not ended'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'building', taskState: '' })
  })

  test('the lifecycle has the last state, and the last old task as its task', () => {
    const { store } = aggregatesOf(rules, ...create)
    expect(store.lifecycles.get('server')).toMatchObject({
      notificationId: create.at(-1)?.id,
      state: 'active',
      taskState: 'spawning',
    })
  })

  test('an unchanged instance gets an exists for each period, and nothing else changes', () => {
    const period = (hour: number) => ({
      ...small,
      launchedAt: at(8),
      auditPeriodBeginning: at(3600 * hour),
      auditPeriodEnding: at(3600 * (hour + 1)),
    })
    const noUser = { userId: null, requestId: 'req-periodic' }
    const { timings, launches, kpi, exists } = aggregatesOf(
      rules,
      ...create,
      novaEvent('exists', 3601, noUser, period(0)),
      novaEvent('exists', 7201, noUser, period(1)),
    )
    expect(exists).toEqual(['launched at 8', 'launched at 8'])
    expect({ timings, launches, kpi }).toEqual({
      timings: ['create 2 to 9'],
      launches: ['req-1 small at 8'],
      kpi: ['req-1 8 s'],
    })
  })

  test('a reboot makes a timing and a request, but no launch', () => {
    const reboot = under('req-2')
    const story = [api(20, reboot), novaEvent('reboot.start', 21, reboot), novaEvent('reboot.end', 25, reboot)]
    const { timings, launches, kpi } = aggregatesOf(rules, ...create, ...story)
    expect(timings).toEqual(['create 2 to 9', 'reboot 21 to 25'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 5 s'])
  })

  describe('a resize', () => {
    const resize = under('req-2')
    const before = { ...small, launchedAt: at(8) }
    const story = [
      api(20, resize),
      novaEvent('resize.prep.start', 21, resize, before),
      novaEvent('resize.prep.end', 22, resize, before),
      novaEvent('resize.start', 23, resize, before),
      novaEvent('resize.end', 30, resize, before),
      novaEvent('finish_resize.start', 31, resize, { ...large, launchedAt: at(8) }),
      novaEvent('finish_resize.end', 40, resize, { ...large, launchedAt: at(39) }),
    ]

    test('makes a launch: with the old flavor and launched_at, then the new flavor, then the new launched_at', () => {
      const steps = [2, 5, 6, 7].map((count) => aggregatesOf(rules, ...create, ...story.slice(0, count)).launches[1])
      expect(steps).toEqual(['req-2 small at 8', 'req-2 small at 8', 'req-2 large at 8', 'req-2 large at 39'])
    })

    test('makes a timing for each step, and a request that ends with the last one', () => {
      const { timings, kpi } = aggregatesOf(rules, ...create, ...story)
      expect(timings).toEqual(['create 2 to 9', 'resize.prep 21 to 22', 'resize 23 to 30', 'finish_resize 31 to 40'])
      expect(kpi).toEqual(['req-1 8 s', 'req-2 20 s'])
    })

    test('that is confirmed makes another timing, but no launch', () => {
      const confirm = under('req-3')
      const end = { ...large, launchedAt: at(39) }
      const confirmed = [
        novaEvent('resize.confirm.start', 50, confirm, end),
        novaEvent('resize.confirm.end', 52, confirm, end),
      ]
      const { timings, launches } = aggregatesOf(rules, ...create, ...story, ...confirmed)
      expect(timings.at(-1)).toBe('resize.confirm 50 to 52')
      expect(launches).toEqual(['req-1 small at 8', 'req-2 large at 39'])
    })

    test('that is reverted makes another launch, with the original flavor', () => {
      const revert = under('req-3')
      const reverted = [
        novaEvent('resize.revert.start', 50, revert, { ...large, launchedAt: at(39) }),
        novaEvent('resize.revert.end', 55, revert, { ...small, launchedAt: at(54) }),
      ]
      const launchesAfter = (count: number) =>
        aggregatesOf(rules, ...create, ...story, ...reverted.slice(0, count)).launches.at(-1)
      expect([1, 2].map(launchesAfter)).toEqual(['req-3 large at 39', 'req-3 small at 54'])
    })
  })

  test.each(['rebuild', 'rescue'])('a %s makes a launch of its request, with a new launched_at', (name) => {
    const second = under('req-2')
    const story = [
      novaEvent(`${name}.start`, 21, second, { ...small, launchedAt: at(8) }),
      novaEvent(`${name}.end`, 30, second, { ...small, launchedAt: at(29) }),
    ]
    const steps = [1, 2].map((count) => aggregatesOf(rules, ...create, ...story.slice(0, count)))
    expect(steps.map(({ launches }) => launches[1])).toEqual(['req-2 small at 8', 'req-2 small at 29'])
    expect(steps[1]?.timings).toEqual(['create 2 to 9', `${name} 21 to 30`])
  })

  test('a rescue after a failed rescue: today its end closes the start of its own request', () => {
    const [failed, second] = [under('req-2'), under('req-3')]
    const { timings } = aggregatesOf(
      rules,
      novaEvent('rescue.start', 20, failed),
      novaEvent('rescue.start', 50, second),
      novaEvent('rescue.end', 55, second),
    )
    const own = ['rescue 20 to ?', 'rescue 50 to 55']
    const oldest = ['rescue 20 to 55', 'rescue 50 to ?']
    expect(timings).toEqual(rules === 'today' ? own : oldest)
  })

  test('an unshelve makes a launch today, because later exists have a new launched_at', () => {
    const [shelve, unshelve] = [under('req-2'), under('req-3')]
    const { timings, launches } = aggregatesOf(
      rules,
      ...create,
      novaEvent('shelve.start', 20, shelve, { ...small, launchedAt: at(8) }),
      novaEvent('shelve.end', 25, shelve, { ...small, launchedAt: at(8) }),
      novaEvent('unshelve.start', 40, unshelve, { ...small, launchedAt: at(8) }),
      novaEvent('unshelve.end', 49, unshelve, { ...small, launchedAt: at(48) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'shelve 20 to 25', 'unshelve 40 to 49'])
    const unshelved = rules === 'today' ? ['req-3 small at 48'] : []
    expect(launches).toEqual(['req-1 small at 8', ...unshelved])
  })

  test('a delete makes a row from the launch to the deletion', () => {
    const last = under('req-2')
    const { timings, launches, deletes, kpi, store } = aggregatesOf(
      rules,
      ...create,
      api(70, last),
      novaEvent('delete.start', 71, last, { launchedAt: at(8) }),
      novaEvent('delete.end', 75, { ...last, state: 'deleted' }, { launchedAt: at(8), terminatedAt: at(74) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'delete 71 to 75'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(deletes).toEqual(['8 to 74'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 5 s'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'deleted' })
  })

  test('with cells, the notifications of an instance from several brokers make the same rows as from one', () => {
    const cells = create.map((notification, index) => ({ ...notification, deploymentId: index + 1 }))
    const { timings, launches, kpi, store } = aggregatesOf(rules, ...cells)
    expect({ timings, launches, kpi }).toEqual({
      timings: ['create 2 to 9'],
      launches: ['req-1 small at 8'],
      kpi: ['req-1 8 s'],
    })
    expect(store.trackers.get('req-1')?.last).toMatchObject({ instance: 'server', deploymentId: 3 })
  })

  test('with both formats, nothing counts twice', () => {
    const { store, refolds, ...both } = aggregatesOf(
      rules,
      ...create.flatMap((classic) => [classic, counterpartOf(classic)]),
    )
    const { store: _, refolds: __, ...classicOnly } = aggregatesOf(rules, ...create)
    expect(both).toEqual(classicOnly)
    expect(store.lifecycles.get('server')).toMatchObject({ hasClassic: true, hasVersioned: true })
    expect(refolds).toBe(1)
  })

  test('updates from the compute service alone start a request today, but not in StackTach', () => {
    const { kpi } = aggregatesOf(rules, ...create.map((notification) => ({ ...notification, service: 'compute' })))
    expect(kpi).toEqual(rules === 'today' ? ['req-1 8 s'] : [])
  })

  test('notifications without a user start a request in StackTach, but not today', () => {
    const withoutUser = create.map((notification) => ({ ...notification, userId: null }))
    expect(aggregatesOf(rules, ...withoutUser).kpi).toEqual(rules === 'today' ? [] : ['req-1 8 s'])
  })
})
