import { describe, expect, test } from '@jest/globals'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, novaEvent } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { foldTimings } from '../timing/foldTimings.ts'
import { type ClosingEnd, endsRequest, type RequestTracker, startsRequest, trackRequest } from './tracker.ts'

/** The tracker of req-1 from the timings of a story. */
function trackerOf(story: readonly InstanceNotification[], rules: Rules): RequestTracker | null {
  const ordered = sortByPosition(story)
  const ends: ClosingEnd[] = foldTimings([], ordered, rules).flatMap(({ name, instance, start, end }) =>
    start && end?.requestId === 'req-1' ? [{ timingId: start.id, name, instance, ...end }] : [],
  )
  const latest = Math.max(...ends.map(({ when }) => when))
  return trackRequest(
    'req-1',
    ordered.find((notification) => notification.requestId === 'req-1' && startsRequest(notification, rules)) ?? null,
    ends.filter(({ when }) => when === latest),
  )
}

/** A tracker as a short text, such as `create after 10 s`; null without a tracker. */
function trackerText(story: readonly InstanceNotification[], rules: Rules): string | null {
  const tracker = trackerOf(story, rules)
  if (tracker === null) return null
  const { start, last } = tracker
  return last === null
    ? 'not ended'
    : `${last.name.replace('compute.instance.', '')} after ${(last.when - start.when) / SECOND} s`
}

const create = [novaEvent('create.start', 3), novaEvent('create.end', 11)]

describe('in StackTach a request starts', () => {
  const fromApi = (seconds: number, fields = {}) => novaEvent('update', seconds, { service: 'api', ...fields })

  test('with an update published by an api service', () => {
    expect(trackerText([fromApi(1), ...create], 'stacktach')).toBe('create after 10 s')
    expect(trackerText([novaEvent('update', 1, { service: 'nova-api' }), ...create], 'stacktach')).toBe(
      'create after 10 s',
    )
  })

  test('not with an update of the compute service, nor with another event of the api', () => {
    expect(trackerText([novaEvent('update', 1), ...create], 'stacktach')).toBeNull()
    expect(trackerText([novaEvent('power_on.start', 1, { service: 'api' }), ...create], 'stacktach')).toBeNull()
  })

  test('with the first of several', () => {
    expect(trackerText([fromApi(1), fromApi(2), ...create], 'stacktach')).toBe('create after 10 s')
  })

  test('also without a user', () => {
    expect(trackerText([fromApi(1, { userId: null }), ...create], 'stacktach')).toBe('create after 10 s')
  })
})

describe('today a request starts', () => {
  test('with the earliest notification that has a user, from any service', () => {
    expect(trackerText([novaEvent('update', 1), ...create], 'today')).toBe('create after 10 s')
    expect(trackerText([novaEvent('update', 1, { service: 'scheduler' }), ...create], 'today')).toBe(
      'create after 10 s',
    )
    expect(trackerText(create, 'today')).toBe('create after 8 s')
  })

  test('also with an end, but only a later end can be its last one', () => {
    const noUser = novaEvent('pause.start', 1, { userId: null })
    expect(trackerText([noUser, novaEvent('pause.end', 2)], 'today')).toBe('not ended')
    expect(trackerText([noUser, novaEvent('pause.end', 2), ...create], 'today')).toBe('create after 9 s')
  })

  test('not with a notification without a user', () => {
    const noUser = { userId: null }
    expect(trackerText([novaEvent('update', 1, noUser), ...create], 'today')).toBe('create after 8 s')
    expect(trackerText([novaEvent('exists', 1, noUser), novaEvent('exists', 2, noUser)], 'today')).toBeNull()
  })
})

describe.each(['today', 'stacktach'] as const)('with both rule sets (%s)', (rules) => {
  const start = novaEvent('update', 1, { service: 'api' })

  test('without a request id there is no tracker', () => {
    expect(startsRequest({ ...start, requestId: '' }, rules)).toBe(false)
  })

  test('the last end that closes a timing counts, not the first', () => {
    const resize = [
      novaEvent('resize.prep.start', 2),
      novaEvent('resize.prep.end', 4),
      novaEvent('finish_resize.start', 5),
      novaEvent('finish_resize.end', 31),
    ]
    expect(trackerText([start, ...resize], rules)).toBe('finish_resize after 30 s')
  })

  test('an end that closes nothing does not count', () => {
    expect(trackerText([start, ...create, novaEvent('delete.end', 99)], rules)).toBe('create after 10 s')
    expect(trackerText([start, novaEvent('delete.end', 99)], rules)).toBe('not ended')
  })

  test('an end before the start does not count (clocks differ)', () => {
    const early = [novaEvent('pause.start', 0, { userId: null }), novaEvent('pause.end', 0.5, { userId: null })]
    expect(trackerText([...early, start], rules)).toBe('not ended')
  })

  test('notifications of another request do not count', () => {
    const other = { requestId: 'req-2', service: 'api' }
    const story = [
      novaEvent('update', 0, other),
      novaEvent('pause.start', 90, other),
      novaEvent('pause.end', 99, other),
    ]
    expect(trackerText([...story, start, ...create], rules)).toBe('create after 10 s')
  })

  test('a request that creates several instances ends with the last one', () => {
    const each = ['a', 'b', 'c'].flatMap((instance, index) =>
      foldTimings(
        [],
        [novaEvent('create.start', 2, { instance }), novaEvent('create.end', 20 - index, { instance })],
        rules,
      ),
    )
    const ends = each.flatMap(({ name, instance, start: startEdge, end }) =>
      startEdge && end ? [{ timingId: startEdge.id, name, instance, ...end }] : [],
    )
    const latest = ends.filter(({ when }) => when === at(20))
    expect(trackRequest('req-1', start, latest)?.last).toMatchObject({ instance: 'a', when: at(20) })
  })

  test('an end in the microsecond of the start is a duration of zero', () => {
    expect(trackerText([start, novaEvent('pause.start', 0, { userId: null }), novaEvent('pause.end', 1)], rules)).toBe(
      'pause after 0 s',
    )
  })

  test('of two ends in the same microsecond, the last one in fold order counts', () => {
    const story = [
      start,
      novaEvent('shutdown.start', 2),
      novaEvent('delete.start', 2),
      novaEvent('delete.end', 5),
      novaEvent('shutdown.end', 5),
    ]
    expect(trackerText(story, rules)).toBe('shutdown after 4 s')
  })

  test('regardless of the order of the arguments', () => {
    const end = { instance: 'server', deploymentId: 1, tenant: null, when: at(5), identity: 'same' }
    const shutdown = { ...end, timingId: 1, name: 'compute.instance.shutdown' }
    const deleted = { ...end, timingId: 2, name: 'compute.instance.delete' }
    expect(trackRequest('req-1', start, [shutdown, deleted])?.last).toEqual(shutdown)
    expect(trackRequest('req-1', start, [deleted, shutdown])?.last).toEqual(shutdown)
  })

  test('instance, deployment and tenant are those of the last closing end', () => {
    const both = { service: 'api', instance: 'first', deploymentId: 1 }
    const story = [
      novaEvent('update', 1, both),
      novaEvent('create.start', 2),
      novaEvent('create.end', 3, { deploymentId: 2, tenant: 'owner' }),
    ]
    expect(trackerOf(story, rules)?.last).toMatchObject({ instance: 'server', deploymentId: 2, tenant: 'owner' })
  })
})

test.each<[string, Rules, boolean]>([
  ['compute.instance.create', 'today', true],
  ['scheduler.select_destinations', 'today', false],
  ['scheduler.select_destinations', 'stacktach', true],
])('the end of %s (%s) can end a request: %s', (name, rules, expected) => {
  expect(endsRequest(name, rules)).toBe(expected)
})
