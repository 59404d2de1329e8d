import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { aggregatesOf } from '../testkit/aggregatesOf.ts'
import { foldAtOnce } from '../testkit/rows.ts'
import { Store } from '../testkit/store.ts'
import { at, novaEvent } from '../testkit/story.ts'
import { DAY, SECOND } from '../time/instant.ts'

// Each case has a row in docs/late-and-odd.md.

const api = (seconds: number, fields: Partial<InstanceNotification> = {}) =>
  novaEvent('update', seconds, { service: 'nova-api', ...fields })
const small = { instanceFlavorId: 'small' }
const large = { instanceFlavorId: 'large' }
const launched = (seconds: number) => ({ ...small, launchedAt: at(seconds) })
const deletion = { launchedAt: at(8), terminatedAt: at(74) }

describe.each(['today', 'stacktach'] as const)('late and odd (%s)', (rules) => {
  test('an exists of an instance without a create is stored without a launch', () => {
    const exists = novaEvent('exists', 86_401, { requestId: 'req-audit', userId: null }, launched(8))
    const { timings, launches, deletes, exists: existsRows, kpi, store } = aggregatesOf(rules, exists)
    expect(existsRows).toEqual(['launched at 8'])
    expect({ timings, launches, deletes, kpi }).toEqual({ timings: [], launches: [], deletes: [], kpi: [] })
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'active', notificationWhen: at(86_401) })
  })

  describe('an end without a start', () => {
    const end = novaEvent('create.end', 9, {}, launched(8))

    test('is a timing that has only an end; the launch counts, the request has not ended', () => {
      const { timings, launches, kpi } = aggregatesOf(rules, api(1), end)
      expect(timings).toEqual(['create ? to 9'])
      expect(launches).toEqual(['req-1 small at 8'])
      expect(kpi).toEqual(['req-1 not ended'])
    })

    test('gets its start when that arrives a day later: the instance is refolded', () => {
      const { timings, launches, kpi, refolds } = aggregatesOf(
        rules,
        api(1),
        end,
        novaEvent('create.start', 3, {}, small),
      )
      expect(timings).toEqual(['create 3 to 9'])
      expect(launches).toEqual(['req-1 small at 8'])
      expect(kpi).toEqual(['req-1 8 s'])
      expect(refolds).toBe(1)
    })

    test('stays without one when the start happened a day later, in another operation', () => {
      const next = novaEvent('create.start', DAY / SECOND + 3, {}, small)
      expect(aggregatesOf(rules, api(1), end, next).timings).toEqual(['create ? to 9', 'create 86403 to ?'])
    })
  })

  test('a delete that arrives before its create gives the same rows', () => {
    const create = [novaEvent('create.start', 2, {}, small), novaEvent('create.end', 9, {}, launched(8))]
    const other = { requestId: 'req-2' }
    const deleteEvents = [novaEvent('delete.start', 70, other), novaEvent('delete.end', 75, other, deletion)]
    const { store, ...late } = aggregatesOf(rules, ...deleteEvents, ...create)
    const { store: _, ...inTime } = aggregatesOf(rules, ...create, ...deleteEvents)
    expect({ ...late, refolds: 0 }).toEqual(inTime)
    expect(inTime).toMatchObject({ timings: ['create 2 to 9', 'delete 70 to 75'], deletes: ['8 to 74'] })
    expect(late.refolds).toBe(2)
    expect(store.lifecycles.get('server')).toMatchObject({ notificationWhen: at(75) })
  })

  test('a delete with an earlier time than its create: both make their rows', () => {
    const early = novaEvent('delete.end', 1, { requestId: 'req-2' }, deletion)
    const create = [novaEvent('create.start', 2, {}, small), novaEvent('create.end', 9, {}, launched(8))]
    const { timings, launches, deletes } = aggregatesOf(rules, ...create, early)
    expect(timings).toEqual(['delete ? to 1', 'create 2 to 9'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(deletes).toEqual(['8 to 74'])
  })

  test('two consecutive creates of one instance are two launches', () => {
    const second = { requestId: 'req-2' }
    const { timings, launches, kpi } = aggregatesOf(
      rules,
      api(1),
      novaEvent('create.start', 2, {}, small),
      novaEvent('create.end', 9, {}, launched(8)),
      api(20, second),
      novaEvent('create.start', 21, second, large),
      novaEvent('create.end', 29, second, { ...large, launchedAt: at(28) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'create 21 to 29'])
    expect(launches).toEqual(['req-1 small at 8', 'req-2 large at 28'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 9 s'])
  })

  test('two simultaneous creates of one instance: the rules determine which end closes which start', () => {
    const second = { requestId: 'req-2' }
    const { timings, launches } = aggregatesOf(
      rules,
      novaEvent('create.start', 2, {}, small),
      novaEvent('create.start', 3, second, large),
      novaEvent('create.end', 9, second, { ...large, launchedAt: at(8) }),
      novaEvent('create.end', 12, {}, launched(11)),
    )
    const byRequest = ['create 2 to 12', 'create 3 to 9']
    const byAge = ['create 2 to 9', 'create 3 to 12']
    expect(timings).toEqual(rules === 'today' ? byRequest : byAge)
    expect(launches).toEqual(['req-1 small at 11', 'req-2 large at 8'])
  })

  test('a create rescheduled to another host, with an end of the first attempt: a timing for each attempt, one launch', () => {
    const { timings, launches, kpi, store } = aggregatesOf(
      rules,
      api(1),
      novaEvent('create.start', 2, { host: 'host-1' }, small),
      novaEvent('create.error', 5, { host: 'host-1', state: 'building' }),
      novaEvent('create.end', 5.5, { host: 'host-1' }, { message: 'Build of instance server was re-scheduled' }),
      novaEvent('create.start', 6, { host: 'host-2' }, small),
      novaEvent('create.end', 19, { host: 'host-2' }, { ...launched(18), message: 'Success' }),
    )
    expect(timings).toEqual(['create 2 to 5.5', 'create 6 to 19'])
    expect(launches).toEqual(['req-1 small at 18'])
    expect(kpi).toEqual(['req-1 18 s'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'active' })
  })

  test('a rescheduled create without an end of the first attempt: the end closes the first start, the second stays open', () => {
    const { timings, launches, kpi } = aggregatesOf(
      rules,
      api(1),
      novaEvent('create.start', 2, { host: 'host-1' }, small),
      novaEvent('create.error', 5, { host: 'host-1' }),
      novaEvent('create.start', 6, { host: 'host-2' }, small),
      novaEvent('create.end', 19, { host: 'host-2' }, launched(18)),
    )
    expect(timings).toEqual(['create 2 to 19', 'create 6 to ?'])
    expect(launches).toEqual(['req-1 small at 18'])
    expect(kpi).toEqual(['req-1 18 s'])
  })

  test('a request that creates a hundred instances has a launch and a timing for each, and one tracker', () => {
    const names = Array.from({ length: 100 }, (_, index) => `server-${index}`)
    const { timings, launches, kpi, store } = aggregatesOf(
      rules,
      ...names.map((instance, index) => api(1 + index / 100, { instance })),
      ...names.map((instance) => novaEvent('create.start', 3, { instance }, small)),
      ...names.map((instance, index) => novaEvent('create.end', 10 + index, { instance }, launched(8))),
    )
    expect(timings).toHaveLength(100)
    expect(launches).toEqual(names.map(() => 'req-1 small at 8'))
    expect(kpi).toEqual(['req-1 108 s'])
    expect(store.trackers.get('req-1')?.last).toMatchObject({ instance: 'server-99' })
  })

  test('a resize whose finish arrives before its prep has the flavor and launched_at of the finish', () => {
    const prep = [
      novaEvent('resize.prep.start', 10, {}, launched(0)),
      novaEvent('resize.prep.end', 12, {}, launched(0)),
    ]
    const finish = [
      novaEvent('finish_resize.start', 30, {}, { ...large, launchedAt: at(0) }),
      novaEvent('finish_resize.end', 40, {}, { ...large, launchedAt: at(39) }),
    ]
    const { timings, launches, kpi } = aggregatesOf(rules, ...finish, api(9), ...prep)
    expect(timings).toEqual(['resize.prep 10 to 12', 'finish_resize 30 to 40'])
    expect(launches).toEqual(['req-1 large at 39'])
    expect(kpi).toEqual(['req-1 31 s'])
  })

  describe('hosts whose clocks differ by seconds', () => {
    test('an end with an earlier time than its start closes nothing: no duration is negative', () => {
      const start = novaEvent('live_migration.post.dest.start', 12, { host: 'host-2' })
      const end = novaEvent('live_migration.post.dest.end', 9, { host: 'host-1' })
      const { timings, kpi } = aggregatesOf(rules, api(1), start, end)
      expect(timings).toEqual(['live_migration.post.dest ? to 9', 'live_migration.post.dest 12 to ?'])
      expect(kpi).toEqual(['req-1 not ended'])
    })

    test('a request whose api update is later than its end has not ended', () => {
      const noUser = { userId: null }
      const create = [novaEvent('create.start', 2, noUser, small), novaEvent('create.end', 9, noUser, launched(8))]
      expect(aggregatesOf(rules, ...create, api(10)).kpi).toEqual(['req-1 not ended'])
    })
  })

  test('a late notification refolds only its own instance', () => {
    const names = ['a', 'b', 'c']
    const store = new Store(rules)
    const forEach = (event: string, seconds: number) => names.map((instance) => novaEvent(event, seconds, { instance }))
    store.add([...forEach('create.start', 2), ...forEach('create.end', 9)])
    store.foldPending()
    const late = novaEvent('update', 5, { instance: 'b' })
    store.add([...forEach('pause.start', 20), late, ...forEach('pause.end', 22)])
    store.foldPending()
    const { plan } = store.steps.at(-1) ?? {}
    expect(plan?.refolded).toEqual(['b'])
    expect([...(plan?.continued.keys() ?? [])].sort()).toEqual(['a', 'c'])
    expect(store.rows()).toEqual(foldAtOnce(store.notifications(), rules))
  })
})
