import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { answers } from '../testkit/answers.ts'
import { at, notice, twinOf } from '../testkit/story.ts'

// What nova says of each operation, in its order, and the rows that this makes: the rules of the folds, told as stories.

const small = { instanceFlavorId: 'small' }
const large = { instanceFlavorId: 'large' }
const under = (requestId: string) => ({ requestId })
const api = (seconds: number, said: Partial<InstanceNotification> = {}) =>
  notice('update', seconds, { service: 'nova-api', oldTask: null, ...said })

describe.each(['today', 'stacktach'] as const)('an operator who (%s)', (rules) => {
  const create = [
    api(1, { state: 'building', oldTask: 'scheduling' }),
    notice('create.start', 2, { state: 'building', oldTask: '' }, small),
    notice(
      'create.end',
      9,
      { state: 'active', oldTask: 'spawning' },
      { ...small, launchedAt: at(8), message: 'Success' },
    ),
  ]

  test('creates an instance has a timing, a launch and a request that took from the api to the last end', () => {
    const { timings, launches, kpi, deletes, exists } = answers(rules, ...create)
    expect(timings).toEqual(['create 2 to 9'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(kpi).toEqual(['req-1 8 s'])
    expect([...deletes, ...exists]).toEqual([])
  })

  test('looks while it is created sees a start without an end, a launch not yet launched, a request not ended', () => {
    const { timings, launches, kpi, store } = answers(rules, ...create.slice(0, 2))
    expect(timings).toEqual(['create 2 to ?'])
    expect(launches).toEqual(['req-1 small at ?'])
    expect(kpi).toEqual(['req-1 not ended'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'building', taskState: '' })
  })

  test('looks afterwards sees the last state, and the last old task as the task', () => {
    const { store } = answers(rules, ...create)
    expect(store.lifecycles.get('server')).toMatchObject({
      notificationId: create.at(-1)?.id,
      state: 'active',
      taskState: 'spawning',
    })
  })

  test('leaves it alone has an exists of each period, and nothing else changes', () => {
    const period = (hour: number) => ({
      ...small,
      launchedAt: at(8),
      auditPeriodBeginning: at(3600 * hour),
      auditPeriodEnding: at(3600 * (hour + 1)),
    })
    const nobody = { userId: null, requestId: 'req-periodic' }
    const { timings, launches, kpi, exists } = answers(
      rules,
      ...create,
      notice('exists', 3601, nobody, period(0)),
      notice('exists', 7201, nobody, period(1)),
    )
    expect(exists).toEqual(['launched at 8', 'launched at 8'])
    expect({ timings, launches, kpi }).toEqual({
      timings: ['create 2 to 9'],
      launches: ['req-1 small at 8'],
      kpi: ['req-1 8 s'],
    })
  })

  test('reboots it has a timing and a request, and no launch', () => {
    const reboot = under('req-2')
    const story = [api(20, reboot), notice('reboot.start', 21, reboot), notice('reboot.end', 25, reboot)]
    const { timings, launches, kpi } = answers(rules, ...create, ...story)
    expect(timings).toEqual(['create 2 to 9', 'reboot 21 to 25'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 5 s'])
  })

  describe('resizes it', () => {
    const resize = under('req-2')
    const before = { ...small, launchedAt: at(8) }
    const story = [
      api(20, resize),
      notice('resize.prep.start', 21, resize, before),
      notice('resize.prep.end', 22, resize, before),
      notice('resize.start', 23, resize, before),
      notice('resize.end', 30, resize, before),
      notice('finish_resize.start', 31, resize, { ...large, launchedAt: at(8) }),
      notice('finish_resize.end', 40, resize, { ...large, launchedAt: at(39) }),
    ]

    test('has a launch: first with the old flavor and launched_at, then with the new flavor, then launched anew', () => {
      const steps = [2, 5, 6, 7].map((count) => answers(rules, ...create, ...story.slice(0, count)).launches[1])
      expect(steps).toEqual(['req-2 small at 8', 'req-2 small at 8', 'req-2 large at 8', 'req-2 large at 39'])
    })

    test('has a timing of each step, and a request that ends with the last one', () => {
      const { timings, kpi } = answers(rules, ...create, ...story)
      expect(timings).toEqual(['create 2 to 9', 'resize.prep 21 to 22', 'resize 23 to 30', 'finish_resize 31 to 40'])
      expect(kpi).toEqual(['req-1 8 s', 'req-2 20 s'])
    })

    test('and confirms has one more timing, and no launch', () => {
      const confirm = under('req-3')
      const end = { ...large, launchedAt: at(39) }
      const confirmed = [
        notice('resize.confirm.start', 50, confirm, end),
        notice('resize.confirm.end', 52, confirm, end),
      ]
      const { timings, launches } = answers(rules, ...create, ...story, ...confirmed)
      expect(timings.at(-1)).toBe('resize.confirm 50 to 52')
      expect(launches).toEqual(['req-1 small at 8', 'req-2 large at 39'])
    })

    test('and reverts has a launch more, with the flavor that it goes back to', () => {
      const revert = under('req-3')
      const reverted = [
        notice('resize.revert.start', 50, revert, { ...large, launchedAt: at(39) }),
        notice('resize.revert.end', 55, revert, { ...small, launchedAt: at(54) }),
      ]
      const launchesAfter = (count: number) =>
        answers(rules, ...create, ...story, ...reverted.slice(0, count)).launches.at(-1)
      expect([1, 2].map(launchesAfter)).toEqual(['req-3 large at 39', 'req-3 small at 54'])
    })
  })

  test.each(['rebuild', 'rescue'])('sends it through a %s has a launch under that request, launched anew', (name) => {
    const second = under('req-2')
    const story = [
      notice(`${name}.start`, 21, second, { ...small, launchedAt: at(8) }),
      notice(`${name}.end`, 30, second, { ...small, launchedAt: at(29) }),
    ]
    const steps = [1, 2].map((count) => answers(rules, ...create, ...story.slice(0, count)))
    expect(steps.map(({ launches }) => launches[1])).toEqual(['req-2 small at 8', 'req-2 small at 29'])
    expect(steps[1]?.timings).toEqual(['create 2 to 9', `${name} 21 to 30`])
  })

  test('rescues it in vain, and then again, has the end put to the start of its own request today', () => {
    const [vain, second] = [under('req-2'), under('req-3')]
    const { timings } = answers(
      rules,
      notice('rescue.start', 20, vain),
      notice('rescue.start', 50, second),
      notice('rescue.end', 55, second),
    )
    const own = ['rescue 20 to ?', 'rescue 50 to 55']
    const oldest = ['rescue 20 to 55', 'rescue 50 to ?']
    expect(timings).toEqual(rules === 'today' ? own : oldest)
  })

  test('shelves and unshelves it has a launch today, for its exists say a new launched_at from then on', () => {
    const [shelve, unshelve] = [under('req-2'), under('req-3')]
    const { timings, launches } = answers(
      rules,
      ...create,
      notice('shelve.start', 20, shelve, { ...small, launchedAt: at(8) }),
      notice('shelve.end', 25, shelve, { ...small, launchedAt: at(8) }),
      notice('unshelve.start', 40, unshelve, { ...small, launchedAt: at(8) }),
      notice('unshelve.end', 49, unshelve, { ...small, launchedAt: at(48) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'shelve 20 to 25', 'unshelve 40 to 49'])
    const unshelved = rules === 'today' ? ['req-3 small at 48'] : []
    expect(launches).toEqual(['req-1 small at 8', ...unshelved])
  })

  test('deletes it has a delete, from its launch to its end', () => {
    const last = under('req-2')
    const { timings, launches, deletes, kpi, store } = answers(
      rules,
      ...create,
      api(70, last),
      notice('delete.start', 71, last, { launchedAt: at(8) }),
      notice('delete.end', 75, { ...last, state: 'deleted' }, { launchedAt: at(8), terminatedAt: at(74) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'delete 71 to 75'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(deletes).toEqual(['8 to 74'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 5 s'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'deleted' })
  })

  test('runs cells, so that an instance is told of over several brokers, has the same rows as with one', () => {
    const cells = create.map((one, index) => ({ ...one, deploymentId: index + 1 }))
    const { timings, launches, kpi, store } = answers(rules, ...cells)
    expect({ timings, launches, kpi }).toEqual({
      timings: ['create 2 to 9'],
      launches: ['req-1 small at 8'],
      kpi: ['req-1 8 s'],
    })
    expect(store.trackers.get('req-1')?.last).toMatchObject({ instance: 'server', deploymentId: 3 })
  })

  test('has both formats sent counts nothing twice', () => {
    const { store, refolds, ...both } = answers(rules, ...create.flatMap((one) => [one, twinOf(one)]))
    const { store: _, refolds: __, ...one } = answers(rules, ...create)
    expect(both).toEqual(one)
    expect(store.lifecycles.get('server')).toMatchObject({ hasClassic: true, hasVersioned: true })
    expect(refolds).toBe(1)
  })

  test('has updates sent by the compute service alone has requests today, and none in StackTach', () => {
    const { kpi } = answers(rules, ...create.map((one) => ({ ...one, service: 'compute' })))
    expect(kpi).toEqual(rules === 'today' ? ['req-1 8 s'] : [])
  })

  test('has no user in any notification has requests in StackTach, and none today', () => {
    const nobody = create.map((one) => ({ ...one, userId: null }))
    expect(answers(rules, ...nobody).kpi).toEqual(rules === 'today' ? [] : ['req-1 8 s'])
  })
})
