import { describe, expect, test } from '@jest/globals'
import { counterpartKey } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { foldsOf } from '../testkit/foldsOf.ts'
import { at, notice, told, twinOf } from '../testkit/story.ts'
import { byInstance, foldInstances, neededState, planFolds, withPossibleCounterparts } from './plan.ts'

const of = (instance: string) => ({ instance })

function lifecyclesOf(...notifications: InstanceNotification[]) {
  return new Map([...foldsOf(...notifications)].map(([name, { lifecycle }]) => [name, lifecycle]))
}

test('notifications are folded by instance, each in order and once', () => {
  const [a1, a2, b1] = [notice('update', 1, of('a')), notice('update', 2, of('a')), notice('update', 1, of('b'))]
  expect([...byInstance([a2, b1, a1, a2])]).toEqual([
    ['a', [a1, a2]],
    ['b', [b1]],
  ])
})

describe('a plan', () => {
  const before = [notice('create.end', 5, of('known')), notice('create.end', 5, of('late'))]

  test('continues what comes after, and folds the rest from its beginning', () => {
    const next = notice('pause.start', 6, of('known'))
    const fresh = notice('create.start', 1, of('new'))
    const claimed = byInstance([next, notice('pause.start', 4, of('late')), fresh])
    const plan = planFolds(claimed, lifecyclesOf(...before), [])
    expect([...plan.continued]).toEqual([
      ['known', [next]],
      ['new', [fresh]],
    ])
    expect(plan.refolded).toEqual(['late'])
  })

  test('folds again when a classic counterpart comes after its versioned one was counted, not while that waits too', () => {
    const [classic, other] = [notice('create.end', 5), notice('pause.end', 7)]
    const versioned = twinOf(other)
    const late = { ...other, when: at(20) }
    const counterparts = [{ instance: 'server', key: counterpartKey(versioned), versioned: true, when: versioned.when }]
    const counted = lifecyclesOf(classic, twinOf(classic), versioned)
    expect(planFolds(byInstance([late]), counted, counterparts).refolded).toEqual(['server'])
    const waiting = lifecyclesOf(classic, twinOf(classic))
    expect(planFolds(byInstance([late]), waiting, counterparts).refolded).toEqual([])
  })

  test('looks for counterparts only where both formats have come', () => {
    const classic = notice('create.end', 5)
    const next = notice('update', 9)
    expect(withPossibleCounterparts(byInstance([next]), lifecyclesOf(classic))).toEqual([])
    expect(withPossibleCounterparts(byInstance([next]), lifecyclesOf(classic, twinOf(classic)))).toEqual([next])
    expect(withPossibleCounterparts(byInstance([next]), new Map())).toEqual([])
  })

  test('needs the open timings of its ends, and the launches of its launch events', () => {
    const claimed = byInstance([
      notice('update', 1),
      notice('pause.start', 2),
      notice('pause.end', 3),
      notice('rescue.start', 4),
    ])
    expect(neededState(claimed, 'today')).toEqual({
      timings: [{ instance: 'server', name: 'compute.instance.pause' }],
      launches: [{ instance: 'server', requestId: 'req-1' }],
    })
    const unshelved = byInstance([notice('unshelve.end', 1)])
    expect(neededState(unshelved, 'today').launches).toHaveLength(1)
    expect(neededState(unshelved, 'stacktach').launches).toEqual([])
  })

  test('is carried out: onto what is stored, or from everything stored', () => {
    const start = notice('create.start', 1, of('known'))
    const { timings = [], launches = [] } = foldsOf(start).get('known') ?? {}
    const end = notice('create.end', 9, of('known'), { launchedAt: at(8) })
    const again = [notice('pause.start', 1, of('late')), notice('pause.end', 3, of('late'))]
    const plan = { continued: byInstance([end]), refolded: ['late'] }
    const stored = {
      lifecycles: lifecyclesOf(start),
      openTimings: timings,
      launches,
      counterparts: [],
      boundaries: new Map(),
    }
    const [known, late] = foldInstances(plan, again, stored, 'today')
    expect(told(known?.timings ?? [])).toEqual(['create 1 to 9'])
    expect(known?.launches).toMatchObject([{ launchedAt: at(8), firstWhen: at(1) }])
    expect(told(late?.timings ?? [])).toEqual(['pause 1 to 3'])
  })
})
