import { describe, expect, test } from '@jest/globals'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, notice } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { foldTimings } from '../timing/foldTimings.ts'
import { type ClosingEnd, type RequestTracker, startsRequest, trackRequest } from './tracker.ts'

/** The tracker of req-1: its earliest notification that can start it, and the latest ends of timings closed under it. */
function tracker(story: readonly InstanceNotification[], rules: Rules): RequestTracker | null {
  const ordered = sortByPosition(story)
  const ends: ClosingEnd[] = foldTimings([], ordered, rules).flatMap(({ name, instance, start, end }) =>
    start && end?.requestId === 'req-1' ? [{ timingId: start.id, name, instance, ...end }] : [],
  )
  const latest = Math.max(...ends.map(({ when }) => when))
  return trackRequest(
    'req-1',
    ordered.find((one) => one.requestId === 'req-1' && startsRequest(one, rules)) ?? null,
    ends.filter(({ when }) => when === latest),
  )
}

/** `create after 10 s`, null without a tracker. */
function told(story: readonly InstanceNotification[], rules: Rules): string | null {
  const tracked = tracker(story, rules)
  if (tracked === null) return null
  const { start, last } = tracked
  return last === null
    ? 'not ended'
    : `${last.name.replace('compute.instance.', '')} after ${(last.when - start.when) / SECOND} s`
}

const create = [notice('create.start', 3), notice('create.end', 11)]

describe('in StackTach a request starts', () => {
  const fromApi = (seconds: number, said = {}) => notice('update', seconds, { service: 'api', ...said })

  test('with an update that an api service published', () => {
    expect(told([fromApi(1), ...create], 'stacktach')).toBe('create after 10 s')
    expect(told([notice('update', 1, { service: 'nova-api' }), ...create], 'stacktach')).toBe('create after 10 s')
  })

  test('not with an update of the compute service, and not with another event of the api', () => {
    expect(told([notice('update', 1), ...create], 'stacktach')).toBeNull()
    expect(told([notice('power_on.start', 1, { service: 'api' }), ...create], 'stacktach')).toBeNull()
  })

  test('with the first of several', () => {
    expect(told([fromApi(1), fromApi(2), ...create], 'stacktach')).toBe('create after 10 s')
  })

  test('whoever asked for it', () => {
    expect(told([fromApi(1, { userId: null }), ...create], 'stacktach')).toBe('create after 10 s')
  })
})

describe('today a request starts', () => {
  test('with the earliest notification that has a user, whichever service sent it', () => {
    expect(told([notice('update', 1), ...create], 'today')).toBe('create after 10 s')
    expect(told([notice('update', 1, { service: 'scheduler' }), ...create], 'today')).toBe('create after 10 s')
    expect(told(create, 'today')).toBe('create after 8 s')
  })

  test('with an end, which then is not its own last one: only later ends are', () => {
    const nobody = notice('pause.start', 1, { userId: null })
    expect(told([nobody, notice('pause.end', 2)], 'today')).toBe('not ended')
    expect(told([nobody, notice('pause.end', 2), ...create], 'today')).toBe('create after 9 s')
  })

  test('not with what the cloud does by itself', () => {
    const nobody = { userId: null }
    expect(told([notice('update', 1, nobody), ...create], 'today')).toBe('create after 8 s')
    expect(told([notice('exists', 1, nobody), notice('exists', 2, nobody)], 'today')).toBeNull()
  })
})

describe.each(['today', 'stacktach'] as const)('in both modes (%s)', (rules) => {
  const start = notice('update', 1, { service: 'api' })

  test('without a request id there is no tracker', () => {
    expect(startsRequest({ ...start, requestId: '' }, rules)).toBe(false)
  })

  test('the last end that closes a timing counts, not the first', () => {
    const resize = [
      notice('resize.prep.start', 2),
      notice('resize.prep.end', 4),
      notice('finish_resize.start', 5),
      notice('finish_resize.end', 31),
    ]
    expect(told([start, ...resize], rules)).toBe('finish_resize after 30 s')
  })

  test('an end that closes nothing does not count', () => {
    expect(told([start, ...create, notice('delete.end', 99)], rules)).toBe('create after 10 s')
    expect(told([start, notice('delete.end', 99)], rules)).toBe('not ended')
  })

  test('an end before the start does not count, clocks differing', () => {
    const early = [notice('pause.start', 0, { userId: null }), notice('pause.end', 0.5, { userId: null })]
    expect(told([...early, start], rules)).toBe('not ended')
  })

  test('what is said under another request does not count', () => {
    const other = { requestId: 'req-2', service: 'api' }
    const story = [notice('update', 0, other), notice('pause.start', 90, other), notice('pause.end', 99, other)]
    expect(told([...story, start, ...create], rules)).toBe('create after 10 s')
  })

  test('a request that makes several instances ends with the last of them, whichever they are', () => {
    const each = ['a', 'b', 'c'].flatMap((instance, index) =>
      foldTimings([], [notice('create.start', 2, { instance }), notice('create.end', 20 - index, { instance })], rules),
    )
    const ends = each.flatMap(({ name, instance, start: opened, end }) =>
      opened && end ? [{ timingId: opened.id, name, instance, ...end }] : [],
    )
    const latest = ends.filter(({ when }) => when === at(20))
    expect(trackRequest('req-1', start, latest)?.last).toMatchObject({ instance: 'a', when: at(20) })
  })

  test('an end in the very microsecond of the start is a duration of zero', () => {
    expect(told([start, notice('pause.start', 0, { userId: null }), notice('pause.end', 1)], rules)).toBe(
      'pause after 0 s',
    )
  })

  test('of two ends in the same microsecond the one that is folded last counts', () => {
    const story = [
      start,
      notice('shutdown.start', 2),
      notice('delete.start', 2),
      notice('delete.end', 5),
      notice('shutdown.end', 5),
    ]
    expect(told(story, rules)).toBe('shutdown after 4 s')
  })

  test('and that is so in whichever order the two are given', () => {
    const end = { instance: 'server', deploymentId: 1, tenant: null, when: at(5), identity: 'same' }
    const shutdown = { ...end, timingId: 1, name: 'compute.instance.shutdown' }
    const deleted = { ...end, timingId: 2, name: 'compute.instance.delete' }
    expect(trackRequest('req-1', start, [shutdown, deleted])?.last).toEqual(shutdown)
    expect(trackRequest('req-1', start, [deleted, shutdown])?.last).toEqual(shutdown)
  })

  test('instance, deployment and tenant are those of the last closing end', () => {
    const both = { service: 'api', instance: 'first', deploymentId: 1 }
    const story = [
      notice('update', 1, both),
      notice('create.start', 2),
      notice('create.end', 3, { deploymentId: 2, tenant: 'owner' }),
    ]
    expect(tracker(story, rules)?.last).toMatchObject({ instance: 'server', deploymentId: 2, tenant: 'owner' })
  })
})
