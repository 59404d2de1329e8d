import { describe, expect, test } from '@jest/globals'
import { counterpartKey } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { at, MIDNIGHT, notice, told, twinOf } from '../testkit/story.ts'
import { FIRST_INSTANT, LAST_INSTANT, SECOND } from '../time/instant.ts'
import { FROM_THE_BEGINNING, foldInstance, type InstanceFold } from './foldInstance.ts'
import {
  byInstance,
  existsToLink,
  foldInstances,
  neededState,
  planFolds,
  rangesToLink,
  requestsToTrack,
  startableRequests,
  withPossibleCounterparts,
} from './plan.ts'

const of = (instance: string) => ({ instance })

/** What a fold of each instance's notifications leaves. */
function folded(...notifications: InstanceNotification[]): Map<string, InstanceFold> {
  const groups = [...byInstance(notifications)]
  return new Map(groups.map(([name, own]) => [name, foldInstance(name, FROM_THE_BEGINNING, own, 'today')]))
}

function lifecyclesOf(...notifications: InstanceNotification[]) {
  return new Map([...folded(...notifications)].map(([name, { lifecycle }]) => [name, lifecycle]))
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
    const { timings = [], launches = [] } = folded(start).get('known') ?? {}
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

describe('exists are linked again', () => {
  const end = (launched: number) => notice('create.end', 9, {}, { launchedAt: at(launched) })
  const around = (second: number) => ({ instance: 'server', from: at(second - 1), to: at(second + 2) - 1 })

  test('around the seconds in which a launch or delete is new or changed', () => {
    const deleted = notice('delete.end', 60, {}, { launchedAt: at(8.75), deletedAt: at(59) })
    expect(rangesToLink([...folded(end(8.25), deleted).values()], [], [])).toEqual([around(8)])
  })

  test('by themselves when they are new, so that the others of a long life are left alone', () => {
    const exists = notice('exists', 60, {}, { launchedAt: at(8.75) })
    const folds = [...folded(exists).values()]
    expect(rangesToLink(folds, [], [])).toEqual([])
    expect(existsToLink(folds, [])).toEqual([{ deploymentId: exists.deploymentId, dedupKey: exists.dedupKey }])
    expect(existsToLink(folds, ['server'])).toEqual([])
  })

  test('also in that of what a launch said before', () => {
    const launchesBefore = folded(end(5)).get('server')?.launches ?? []
    expect(rangesToLink([...folded(end(8)).values()], launchesBefore, [])).toEqual([around(5), around(8)])
  })

  test('everywhere in an instance that was folded from its beginning', () => {
    const whole = [{ instance: 'server', from: FIRST_INSTANT, to: LAST_INSTANT }]
    expect(rangesToLink([...folded(end(8)).values()], [], ['server'])).toEqual(whole)
  })

  test('nowhere when nothing was launched', () => {
    expect(rangesToLink([...folded(notice('create.start', 1)).values()], [], [])).toEqual([])
    expect(at(8)).toBe(MIDNIGHT + 8 * SECOND)
  })
})

describe('the tracker of a request may change', () => {
  const req = (requestId: string, userId: string | null = null) => ({ requestId, userId })
  const track = (
    story: InstanceNotification[],
    starts = new Map<string, number>(),
    refolded: string[] = [],
    closed: string[] = [],
  ) => [...requestsToTrack(story, [...folded(...story).values()], refolded, closed, starts, 'today')].sort()

  test('when a timing was closed under it, now or before', () => {
    const story = [
      notice('pause.start', 1, req('a')),
      notice('pause.end', 2, req('a')),
      notice('reboot.end', 3, req('b')),
    ]
    expect(track(story)).toEqual(['a'])
    expect(track(story, new Map(), ['server'], ['old'])).toEqual(['a', 'old'])
  })

  test('when a notification could have begun it, and none did so earlier', () => {
    const update = [notice('update', 5, req('a', 'user'))]
    expect(track(update)).toEqual(['a'])
    expect(track(update, new Map([['a', at(9)]]))).toEqual(['a'])
    expect(track(update, new Map([['a', at(1)]]))).toEqual([])
    expect(track(update, new Map([['a', at(5)]]))).toEqual(['a'])
    expect(track(update, new Map([['a', at(1)]]), ['server'])).toEqual(['a'])
  })

  test('when a classic one comes that begins nothing, and its versioned counterpart was the start', () => {
    const start = twinOf(notice('exists', 5), req('a', 'user'))
    const classic = notice('exists', 5, req('a'))
    const folds = [...folded(start, classic).values()]
    const track = (seen: InstanceNotification[], of = folds) => [
      ...requestsToTrack(seen, of, [], [], new Map([['a', start.when]]), 'today'),
    ]
    expect(track([classic])).toEqual(['a'])
    expect(track([classic], [...folded(classic).values()])).toEqual([])
    expect(track([twinOf(notice('lock', 9), req('a'))])).toEqual([])
  })

  test('never of the empty request id', () => {
    expect(track([notice('pause.start', 1, req('')), notice('pause.end', 2, req(''))])).toEqual([])
  })

  test('requests that could have begun are named once', () => {
    const story = [
      notice('update', 1, req('a', 'user')),
      notice('update', 2, req('a', 'user')),
      notice('update', 3, req('b')),
    ]
    expect(startableRequests(story, 'today')).toEqual(['a'])
    expect(startableRequests(story, 'stacktach')).toEqual([])
  })
})
