import { describe, expect, test } from '@jest/globals'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, novaEvent, timingTexts } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { durationOf, foldTimings } from './foldTimings.ts'

const first = { requestId: 'req-first' }
const second = { requestId: 'req-second' }

describe.each(['today', 'stacktach'] as const)('with both rule sets (%s)', (rules) => {
  test('a start opens a timing, its end closes it', () => {
    expect(timingTexts(foldTimings([], [novaEvent('create.start', 10), novaEvent('create.end', 15)], rules))).toEqual([
      'create 10 to 15',
    ])
  })

  test('a timing has the name of the event without its last part, and each name is separate', () => {
    const story = [
      novaEvent('resize.start', 1),
      novaEvent('resize.prep.start', 2),
      novaEvent('resize.end', 3),
      novaEvent('resize.prep.end', 4),
    ]
    expect(timingTexts(foldTimings([], story, rules))).toEqual(['resize 1 to 3', 'resize.prep 2 to 4'])
  })

  test('only starts and ends make timings', () => {
    const story = ['update', 'exists', 'create.error', 'lock', 'volume.attach', 'rebuild.scheduled', 'restart']
    expect(
      foldTimings(
        [],
        story.map((event, second) => novaEvent(event, second)),
        rules,
      ),
    ).toEqual([])
  })

  test('an end without a start makes a timing that has only an end', () => {
    expect(timingTexts(foldTimings([], [novaEvent('delete.end', 7), novaEvent('delete.start', 8)], rules))).toEqual([
      'delete ? to 7',
      'delete 8 to ?',
    ])
  })

  test('a rescheduled create: the end closes the first start, the second stays open', () => {
    const story = [
      novaEvent('create.start', 1, { host: 'host-1' }),
      novaEvent('create.error', 2, { host: 'host-1' }),
      novaEvent('create.start', 3, { host: 'host-2' }),
      novaEvent('create.end', 9, { host: 'host-2' }),
    ]
    expect(timingTexts(foldTimings([], story, rules))).toEqual(['create 3 to ?', 'create 1 to 9'])
  })

  test('the oldest open timing is closed first; a surplus end makes a timing without a start', () => {
    const story = [
      novaEvent('reboot.start', 1),
      novaEvent('reboot.start', 2),
      novaEvent('reboot.end', 3),
      novaEvent('reboot.end', 4),
      novaEvent('reboot.end', 5),
    ]
    expect(timingTexts(foldTimings([], story, rules))).toEqual(['reboot 1 to 3', 'reboot 2 to 4', 'reboot ? to 5'])
  })

  test('a start and an end in the same microsecond have a duration of zero', () => {
    const story = sortByPosition([novaEvent('pause.end', 4), novaEvent('pause.start', 4)])
    const timings = foldTimings([], story, rules)
    expect(timingTexts(timings)).toEqual(['pause 4 to 4'])
    expect(timings.map(durationOf)).toEqual([0])
  })

  test('an end closes the oldest timing that earlier notifications left open', () => {
    const open = foldTimings([], [novaEvent('reboot.start', 1), novaEvent('reboot.start', 2)], rules)
    expect(timingTexts(foldTimings(open, [novaEvent('reboot.end', 10)], rules))).toEqual(['reboot 1 to 10'])
  })

  test('only opened and closed timings are returned', () => {
    const open = foldTimings([], [novaEvent('rescue.start', 1)], rules)
    expect(timingTexts(foldTimings(open, [novaEvent('pause.start', 2)], rules))).toEqual(['pause 2 to ?'])
  })
})

describe('the end of a rescue after a failed rescue without an end', () => {
  const story = [
    novaEvent('rescue.start', 1, first),
    novaEvent('rescue.start', 50, second),
    novaEvent('rescue.end', 60, second),
  ]

  test('today closes the start of its own request', () => {
    expect(timingTexts(foldTimings([], story, 'today'))).toEqual(['rescue 1 to ?', 'rescue 50 to 60'])
  })

  test('in StackTach closes the failed rescue', () => {
    expect(timingTexts(foldTimings([], story, 'stacktach'))).toEqual(['rescue 50 to ?', 'rescue 1 to 60'])
  })
})

describe('an end of another request', () => {
  const story = [novaEvent('pause.start', 1, first), novaEvent('pause.end', 3, second)]

  test('today closes nothing', () => {
    expect(timingTexts(foldTimings([], story, 'today'))).toEqual(['pause 1 to ?', 'pause ? to 3'])
  })

  test('in StackTach closes the oldest', () => {
    expect(timingTexts(foldTimings([], story, 'stacktach'))).toEqual(['pause 1 to 3'])
  })
})

describe('a delete that nova-compute ends in another request after a crash', () => {
  const end = novaEvent('delete.end', 30, second)
  const fold = (rules: Rules, ...story: InstanceNotification[]) => {
    const atOnce = foldTimings([], story, rules)
    const open = foldTimings([], story.slice(0, -1), rules).filter((timing) => timing.end === null)
    const last = foldTimings(open, story.slice(-1), rules)
    expect(atOnce).toEqual(expect.arrayContaining(last))
    return atOnce
  }

  test('is whole, and ends the request that started it', () => {
    const timings = fold('today', novaEvent('delete.start', 1, first), end)
    expect(timingTexts(timings)).toEqual(['delete 1 to 30'])
    expect(timings[0]?.end).toMatchObject({ id: end.id, requestId: first.requestId })
    expect(fold('stacktach', novaEvent('delete.start', 1, first), end)[0]?.end?.requestId).toBe(second.requestId)
  })

  test('closes the oldest of several starts', () => {
    const story = [novaEvent('delete.start', 1, first), novaEvent('delete.start', 2, { requestId: 'req-3' }), end]
    expect(timingTexts(fold('today', ...story))).toEqual(['delete 2 to ?', 'delete 1 to 30'])
  })

  test('closes the start of its own request first', () => {
    const story = [novaEvent('delete.start', 1, first), novaEvent('delete.start', 9, second), end]
    expect(timingTexts(fold('today', ...story))).toEqual(['delete 1 to ?', 'delete 9 to 30'])
  })
})

test('two simultaneous requests; the later one ends first', () => {
  const story = [
    novaEvent('snapshot.start', 1, first),
    novaEvent('snapshot.start', 2, second),
    novaEvent('snapshot.end', 3, second),
    novaEvent('snapshot.end', 9, first),
  ]
  expect(timingTexts(foldTimings([], story, 'today'))).toEqual(['snapshot 2 to 3', 'snapshot 1 to 9'])
  expect(timingTexts(foldTimings([], story, 'stacktach'))).toEqual(['snapshot 1 to 3', 'snapshot 2 to 9'])
})

test('a timing has the ids of its notifications, and the deployment and tenant of its end', () => {
  const start = novaEvent('create.start', 1, { deploymentId: 1, tenant: 'early' })
  const end = novaEvent('create.end', 2, { deploymentId: 2, tenant: 'late' })
  expect(foldTimings([], [start, end], 'today')).toEqual([
    {
      instance: 'server',
      name: 'compute.instance.create',
      start: { id: start.id, when: at(1), identity: start.identity, requestId: 'req-1' },
      end: { id: end.id, when: at(2), identity: end.identity, requestId: 'req-1', deploymentId: 2, tenant: 'late' },
    },
  ])
})

test('a duration is end minus start: negative when clocks differ, null while one of them is missing', () => {
  const [start, end] = [novaEvent('create.start', 9), novaEvent('create.end', 7.5)]
  const edge = { id: 1, identity: '', requestId: '', deploymentId: 1, tenant: null }
  expect(durationOf({ start: { ...edge, when: start.when }, end: { ...edge, when: end.when } })).toBe(-1.5 * SECOND)
  expect(durationOf({ start: { ...edge, when: start.when }, end: null })).toBeNull()
  expect(durationOf({ start: null, end: { ...edge, when: end.when } })).toBeNull()
})
