import { describe, expect, test } from '@jest/globals'
import { sortByPosition } from '../notifications/instanceNotification.ts'
import { at, notice, told } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { durationOf, foldTimings } from './foldTimings.ts'

const first = { requestId: 'req-first' }
const second = { requestId: 'req-second' }

describe.each(['today', 'stacktach'] as const)('in both modes (%s)', (rules) => {
  test('a start opens a timing, its end closes it', () => {
    expect(told(foldTimings([], [notice('create.start', 10), notice('create.end', 15)], rules))).toEqual([
      'create 10 to 15',
    ])
  })

  test('a timing is named by the event without its last part, and names do not mix', () => {
    const story = [
      notice('resize.start', 1),
      notice('resize.prep.start', 2),
      notice('resize.end', 3),
      notice('resize.prep.end', 4),
    ]
    expect(told(foldTimings([], story, rules))).toEqual(['resize 1 to 3', 'resize.prep 2 to 4'])
  })

  test('only starts and ends make timings', () => {
    const story = ['update', 'exists', 'create.error', 'lock', 'volume.attach', 'rebuild.scheduled', 'restart']
    expect(
      foldTimings(
        [],
        story.map((event, second) => notice(event, second)),
        rules,
      ),
    ).toEqual([])
  })

  test('an end without a start makes a timing that has only an end', () => {
    expect(told(foldTimings([], [notice('delete.end', 7), notice('delete.start', 8)], rules))).toEqual([
      'delete ? to 7',
      'delete 8 to ?',
    ])
  })

  test('a create that was scheduled again: its end closes the first start, the second stays open', () => {
    const story = [
      notice('create.start', 1, { host: 'host-1' }),
      notice('create.error', 2, { host: 'host-1' }),
      notice('create.start', 3, { host: 'host-2' }),
      notice('create.end', 9, { host: 'host-2' }),
    ]
    expect(told(foldTimings([], story, rules))).toEqual(['create 3 to ?', 'create 1 to 9'])
  })

  test('the oldest open one is closed first, and an end too many stands alone', () => {
    const story = [
      notice('reboot.start', 1),
      notice('reboot.start', 2),
      notice('reboot.end', 3),
      notice('reboot.end', 4),
      notice('reboot.end', 5),
    ]
    expect(told(foldTimings([], story, rules))).toEqual(['reboot 1 to 3', 'reboot 2 to 4', 'reboot ? to 5'])
  })

  test('start and end in the same microsecond are a timing of length zero', () => {
    const story = sortByPosition([notice('pause.end', 4), notice('pause.start', 4)])
    const timings = foldTimings([], story, rules)
    expect(told(timings)).toEqual(['pause 4 to 4'])
    expect(timings.map(durationOf)).toEqual([0])
  })

  test('an end closes what earlier notifications left open, oldest first', () => {
    const open = foldTimings([], [notice('reboot.start', 1), notice('reboot.start', 2)], rules)
    expect(told(foldTimings(open, [notice('reboot.end', 10)], rules))).toEqual(['reboot 1 to 10'])
  })

  test('only what is new or closed comes back', () => {
    const open = foldTimings([], [notice('rescue.start', 1)], rules)
    expect(told(foldTimings(open, [notice('pause.start', 2)], rules))).toEqual(['pause 2 to ?'])
  })
})

describe('a rescue that failed has no end; the next one', () => {
  const story = [notice('rescue.start', 1, first), notice('rescue.start', 50, second), notice('rescue.end', 60, second)]

  test('today is closed by its own request', () => {
    expect(told(foldTimings([], story, 'today'))).toEqual(['rescue 1 to ?', 'rescue 50 to 60'])
  })

  test('in StackTach closes the failed one', () => {
    expect(told(foldTimings([], story, 'stacktach'))).toEqual(['rescue 50 to ?', 'rescue 1 to 60'])
  })
})

describe('an end of another request', () => {
  const story = [notice('delete.start', 1, first), notice('delete.end', 3, second)]

  test('today closes nothing', () => {
    expect(told(foldTimings([], story, 'today'))).toEqual(['delete 1 to ?', 'delete ? to 3'])
  })

  test('in StackTach closes the oldest', () => {
    expect(told(foldTimings([], story, 'stacktach'))).toEqual(['delete 1 to 3'])
  })
})

test('two requests at once, the later one done first', () => {
  const story = [
    notice('snapshot.start', 1, first),
    notice('snapshot.start', 2, second),
    notice('snapshot.end', 3, second),
    notice('snapshot.end', 9, first),
  ]
  expect(told(foldTimings([], story, 'today'))).toEqual(['snapshot 2 to 3', 'snapshot 1 to 9'])
  expect(told(foldTimings([], story, 'stacktach'))).toEqual(['snapshot 1 to 3', 'snapshot 2 to 9'])
})

test('a timing says which notifications it is of, and where it ended', () => {
  const start = notice('create.start', 1, { deploymentId: 1, tenant: 'early' })
  const end = notice('create.end', 2, { deploymentId: 2, tenant: 'late' })
  expect(foldTimings([], [start, end], 'today')).toEqual([
    {
      instance: 'server',
      name: 'compute.instance.create',
      start: { id: start.id, when: at(1), identity: start.identity, requestId: 'req-1' },
      end: { id: end.id, when: at(2), identity: end.identity, requestId: 'req-1', deploymentId: 2, tenant: 'late' },
    },
  ])
})

test('a duration is end minus start, negative when clocks differ, none while one end is missing', () => {
  const [start, end] = [notice('create.start', 9), notice('create.end', 7.5)]
  const edge = { id: 1, identity: '', requestId: '', deploymentId: 1, tenant: null }
  expect(durationOf({ start: { ...edge, when: start.when }, end: { ...edge, when: end.when } })).toBe(-1.5 * SECOND)
  expect(durationOf({ start: { ...edge, when: start.when }, end: null })).toBeNull()
  expect(durationOf({ start: null, end: { ...edge, when: end.when } })).toBeNull()
})
