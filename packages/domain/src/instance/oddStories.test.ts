import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { answers } from '../testkit/answers.ts'
import { foldedAtOnce, Store } from '../testkit/store.ts'
import { at, notice } from '../testkit/story.ts'
import { DAY, SECOND } from '../time/instant.ts'

// Each story has its line in docs/late-and-odd.md.

const api = (seconds: number, said: Partial<InstanceNotification> = {}) =>
  notice('update', seconds, { service: 'nova-api', ...said })
const small = { instanceFlavorId: 'small' }
const large = { instanceFlavorId: 'large' }
const launched = (seconds: number) => ({ ...small, launchedAt: at(seconds) })
const gone = { launchedAt: at(8), terminatedAt: at(74) }

describe.each(['today', 'stacktach'] as const)('late and odd (%s)', (rules) => {
  test('an exists of an instance whose create was never seen is kept, with no launch to belong to', () => {
    const exists = notice('exists', 86_401, { requestId: 'req-audit', userId: null }, launched(8))
    const { timings, launches, deletes, exists: kept, kpi, store } = answers(rules, exists)
    expect(kept).toEqual(['launched at 8'])
    expect({ timings, launches, deletes, kpi }).toEqual({ timings: [], launches: [], deletes: [], kpi: [] })
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'active', notificationWhen: at(86_401) })
  })

  describe('an end without a start', () => {
    const end = notice('create.end', 9, {}, launched(8))

    test('is a timing that has only an end; the launch counts, the request has not ended', () => {
      const { timings, launches, kpi } = answers(rules, api(1), end)
      expect(timings).toEqual(['create ? to 9'])
      expect(launches).toEqual(['req-1 small at 8'])
      expect(kpi).toEqual(['req-1 not ended'])
    })

    test('is closed when the start arrives a day later: the instance is folded again', () => {
      const { timings, launches, kpi, refolds } = answers(rules, api(1), end, notice('create.start', 3, {}, small))
      expect(timings).toEqual(['create 3 to 9'])
      expect(launches).toEqual(['req-1 small at 8'])
      expect(kpi).toEqual(['req-1 8 s'])
      expect(refolds).toBe(1)
    })

    test('stays one when the start also happened a day later, which is another operation', () => {
      const next = notice('create.start', DAY / SECOND + 3, {}, small)
      expect(answers(rules, api(1), end, next).timings).toEqual(['create ? to 9', 'create 86403 to ?'])
    })
  })

  test('a delete that arrives before its create is the same life', () => {
    const create = [notice('create.start', 2, {}, small), notice('create.end', 9, {}, launched(8))]
    const other = { requestId: 'req-2' }
    const gonePast = [notice('delete.start', 70, other), notice('delete.end', 75, other, gone)]
    const { store, ...late } = answers(rules, ...gonePast, ...create)
    const { store: _, ...inTime } = answers(rules, ...create, ...gonePast)
    expect({ ...late, refolds: 0 }).toEqual(inTime)
    expect(inTime).toMatchObject({ timings: ['create 2 to 9', 'delete 70 to 75'], deletes: ['8 to 74'] })
    expect(late.refolds).toBe(2)
    expect(store.lifecycles.get('server')).toMatchObject({ notificationWhen: at(75) })
  })

  test('a delete that says it was before its create makes its rows, each by itself', () => {
    const early = notice('delete.end', 1, { requestId: 'req-2' }, gone)
    const create = [notice('create.start', 2, {}, small), notice('create.end', 9, {}, launched(8))]
    const { timings, launches, deletes } = answers(rules, ...create, early)
    expect(timings).toEqual(['delete ? to 1', 'create 2 to 9'])
    expect(launches).toEqual(['req-1 small at 8'])
    expect(deletes).toEqual(['8 to 74'])
  })

  test('two creates of one instance, one after the other, are two launches', () => {
    const second = { requestId: 'req-2' }
    const { timings, launches, kpi } = answers(
      rules,
      api(1),
      notice('create.start', 2, {}, small),
      notice('create.end', 9, {}, launched(8)),
      api(20, second),
      notice('create.start', 21, second, large),
      notice('create.end', 29, second, { ...large, launchedAt: at(28) }),
    )
    expect(timings).toEqual(['create 2 to 9', 'create 21 to 29'])
    expect(launches).toEqual(['req-1 small at 8', 'req-2 large at 28'])
    expect(kpi).toEqual(['req-1 8 s', 'req-2 9 s'])
  })

  test('two creates of one instance at once: whose end closes which start is what the rules differ in', () => {
    const second = { requestId: 'req-2' }
    const { timings, launches } = answers(
      rules,
      notice('create.start', 2, {}, small),
      notice('create.start', 3, second, large),
      notice('create.end', 9, second, { ...large, launchedAt: at(8) }),
      notice('create.end', 12, {}, launched(11)),
    )
    const byRequest = ['create 2 to 12', 'create 3 to 9']
    const byAge = ['create 2 to 9', 'create 3 to 12']
    expect(timings).toEqual(rules === 'today' ? byRequest : byAge)
    expect(launches).toEqual(['req-1 small at 11', 'req-2 large at 8'])
  })

  test('a create scheduled again on another host, its first try ended: a timing for each try, one launch', () => {
    const { timings, launches, kpi, store } = answers(
      rules,
      api(1),
      notice('create.start', 2, { host: 'host-1' }, small),
      notice('create.error', 5, { host: 'host-1', state: 'building' }),
      notice('create.end', 5.5, { host: 'host-1' }, { message: 'Build of instance server was re-scheduled' }),
      notice('create.start', 6, { host: 'host-2' }, small),
      notice('create.end', 19, { host: 'host-2' }, { ...launched(18), message: 'Success' }),
    )
    expect(timings).toEqual(['create 2 to 5.5', 'create 6 to 19'])
    expect(launches).toEqual(['req-1 small at 18'])
    expect(kpi).toEqual(['req-1 18 s'])
    expect(store.lifecycles.get('server')).toMatchObject({ state: 'active' })
  })

  test('a create scheduled again, its first try without an end: the end closes the first start, the second stays open', () => {
    const { timings, launches, kpi } = answers(
      rules,
      api(1),
      notice('create.start', 2, { host: 'host-1' }, small),
      notice('create.error', 5, { host: 'host-1' }),
      notice('create.start', 6, { host: 'host-2' }, small),
      notice('create.end', 19, { host: 'host-2' }, launched(18)),
    )
    expect(timings).toEqual(['create 2 to 19', 'create 6 to ?'])
    expect(launches).toEqual(['req-1 small at 18'])
    expect(kpi).toEqual(['req-1 18 s'])
  })

  test('a request that makes a hundred instances has a launch and a timing for each, and one tracker', () => {
    const names = Array.from({ length: 100 }, (_, index) => `server-${index}`)
    const { timings, launches, kpi, store } = answers(
      rules,
      ...names.map((instance, index) => api(1 + index / 100, { instance })),
      ...names.map((instance) => notice('create.start', 3, { instance }, small)),
      ...names.map((instance, index) => notice('create.end', 10 + index, { instance }, launched(8))),
    )
    expect(timings).toHaveLength(100)
    expect(launches).toEqual(names.map(() => 'req-1 small at 8'))
    expect(kpi).toEqual(['req-1 108 s'])
    expect(store.trackers.get('req-1')?.last).toMatchObject({ instance: 'server-99' })
  })

  test('a resize whose finish arrives before its prep has the flavor and the launched_at of its finish', () => {
    const prep = [notice('resize.prep.start', 10, {}, launched(0)), notice('resize.prep.end', 12, {}, launched(0))]
    const finish = [
      notice('finish_resize.start', 30, {}, { ...large, launchedAt: at(0) }),
      notice('finish_resize.end', 40, {}, { ...large, launchedAt: at(39) }),
    ]
    const { timings, launches, kpi } = answers(rules, ...finish, api(9), ...prep)
    expect(timings).toEqual(['resize.prep 10 to 12', 'finish_resize 30 to 40'])
    expect(launches).toEqual(['req-1 large at 39'])
    expect(kpi).toEqual(['req-1 31 s'])
  })

  describe('of hosts whose clocks disagree by seconds', () => {
    test('an end that says it was before its start closes nothing: no duration is negative', () => {
      const start = notice('live_migration.post.dest.start', 12, { host: 'host-2' })
      const end = notice('live_migration.post.dest.end', 9, { host: 'host-1' })
      const { timings, kpi } = answers(rules, api(1), start, end)
      expect(timings).toEqual(['live_migration.post.dest ? to 9', 'live_migration.post.dest 12 to ?'])
      expect(kpi).toEqual(['req-1 not ended'])
    })

    test('an update of the api that says it was after the end leaves its request without one', () => {
      const nobody = { userId: null }
      const create = [notice('create.start', 2, nobody, small), notice('create.end', 9, nobody, launched(8))]
      expect(answers(rules, ...create, api(10)).kpi).toEqual(['req-1 not ended'])
    })
  })

  test('a late one has its own instance folded again, and no other', () => {
    const names = ['a', 'b', 'c']
    const store = new Store(rules)
    const say = (event: string, seconds: number) => names.map((instance) => notice(event, seconds, { instance }))
    store.arrive([...say('create.start', 2), ...say('create.end', 9)])
    store.settle()
    const late = notice('update', 5, { instance: 'b' })
    store.arrive([...say('pause.start', 20), late, ...say('pause.end', 22)])
    store.settle()
    const { plan } = store.steps.at(-1) ?? {}
    expect(plan?.refolded).toEqual(['b'])
    expect([...(plan?.continued.keys() ?? [])].sort()).toEqual(['a', 'c'])
    expect(store.rows()).toEqual(foldedAtOnce(store.notifications(), rules))
  })
})
