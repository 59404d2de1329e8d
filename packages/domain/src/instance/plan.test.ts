import { describe, expect, test } from '@jest/globals'
import { counterpartKey } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { foldsOf } from '../testkit/foldsOf.ts'
import { at, counterpartOf, novaEvent, timingTexts } from '../testkit/story.ts'
import { byInstance, foldInstances, neededState, planFolds, withPossibleCounterparts } from './plan.ts'

const ofInstance = (instance: string) => ({ instance })

function lifecyclesOf(...notifications: InstanceNotification[]) {
  return new Map([...foldsOf(...notifications)].map(([name, { lifecycle }]) => [name, lifecycle]))
}

test('notifications are grouped by instance, in order and without duplicates', () => {
  const [a1, a2, b1] = [
    novaEvent('update', 1, ofInstance('a')),
    novaEvent('update', 2, ofInstance('a')),
    novaEvent('update', 1, ofInstance('b')),
  ]
  expect([...byInstance([a2, b1, a1, a2])]).toEqual([
    ['a', [a1, a2]],
    ['b', [b1]],
  ])
})

describe('a plan', () => {
  const before = [novaEvent('create.end', 5, ofInstance('current')), novaEvent('create.end', 5, ofInstance('late'))]

  test('continues instances with later notifications and refolds the others', () => {
    const next = novaEvent('pause.start', 6, ofInstance('current'))
    const first = novaEvent('create.start', 1, ofInstance('new'))
    const claimed = byInstance([next, novaEvent('pause.start', 4, ofInstance('late')), first])
    const plan = planFolds(claimed, lifecyclesOf(...before), [])
    expect([...plan.continued]).toEqual([
      ['current', [next]],
      ['new', [first]],
    ])
    expect(plan.refolded).toEqual(['late'])
  })

  test('refolds when a classic counterpart arrives after its versioned one was folded, but not when that is pending too', () => {
    const [classic, other] = [novaEvent('create.end', 5), novaEvent('pause.end', 7)]
    const versioned = counterpartOf(other)
    const late = { ...other, when: at(20) }
    const counterparts = [{ instance: 'server', key: counterpartKey(versioned), versioned: true, when: versioned.when }]
    const folded = lifecyclesOf(classic, counterpartOf(classic), versioned)
    expect(planFolds(byInstance([late]), folded, counterparts).refolded).toEqual(['server'])
    const pending = lifecyclesOf(classic, counterpartOf(classic))
    expect(planFolds(byInstance([late]), pending, counterparts).refolded).toEqual([])
  })

  test('looks for counterparts only where both formats are stored', () => {
    const classic = novaEvent('create.end', 5)
    const next = novaEvent('update', 9)
    expect(withPossibleCounterparts(byInstance([next]), lifecyclesOf(classic))).toEqual([])
    expect(withPossibleCounterparts(byInstance([next]), lifecyclesOf(classic, counterpartOf(classic)))).toEqual([next])
    expect(withPossibleCounterparts(byInstance([next]), new Map())).toEqual([])
  })

  test('needs the open timings of its ends, the launches, deletes and operations that its events can change', () => {
    const claimed = byInstance([
      novaEvent('update', 1),
      novaEvent('pause.start', 2),
      novaEvent('pause.end', 3),
      novaEvent('rescue.start', 4),
    ])
    expect(neededState(claimed, 'today')).toEqual({
      timings: [{ instance: 'server', name: 'compute.instance.pause' }],
      launches: [{ instance: 'server', requestId: 'req-1' }],
      deletes: [],
      operations: {
        requests: Array.from({ length: 3 }, () => ({ instance: 'server', requestId: 'req-1' })),
        open: [],
      },
    })
    const deleted = byInstance([novaEvent('delete.end', 1), novaEvent('force_delete.end', 1, ofInstance('other'))])
    expect(neededState(deleted, 'today').operations.open).toEqual(['server', 'other'])
    const exception = byInstance([novaEvent('function', 1, {}, { error: 'No valid host' })])
    expect(neededState(exception, 'today').operations.requests).toHaveLength(1)
    const restored = byInstance([novaEvent('restore.end', 1)])
    expect(neededState(restored, 'today').deletes).toEqual(['server'])
    expect(neededState(restored, 'stacktach').deletes).toEqual([])
    const unshelved = byInstance([novaEvent('unshelve.end', 1)])
    expect(neededState(unshelved, 'today').launches).toHaveLength(1)
    expect(neededState(unshelved, 'stacktach').launches).toEqual([])
  })

  test('folds continued instances onto the stored rows, and refolds others from their history', () => {
    const start = novaEvent('create.start', 1, ofInstance('current'))
    const { timings = [], launches = [], operations = [] } = foldsOf(start).get('current') ?? {}
    const end = novaEvent('create.end', 9, ofInstance('current'), { launchedAt: at(8) })
    const history = [novaEvent('pause.start', 1, ofInstance('late')), novaEvent('pause.end', 3, ofInstance('late'))]
    const plan = { continued: byInstance([end]), refolded: ['late'] }
    const stored = {
      lifecycles: lifecyclesOf(start),
      openTimings: timings,
      launches,
      deletes: [],
      operations,
      counterparts: [],
      boundaries: new Map(),
    }
    const [current, late] = foldInstances(plan, history, stored, 'today')
    expect(timingTexts(current?.timings ?? [])).toEqual(['create 1 to 9'])
    expect(current?.launches).toMatchObject([{ launchedAt: at(8), firstWhen: at(1) }])
    expect(current?.operations).toMatchObject([{ when: at(1), end: at(9), outcome: 'done' }])
    expect(timingTexts(late?.timings ?? [])).toEqual(['pause 1 to 3'])
  })
})
