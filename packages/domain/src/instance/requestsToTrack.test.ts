import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { foldsOf } from '../testkit/foldsOf.ts'
import { at, counterpartOf, novaEvent } from '../testkit/story.ts'
import { requestsToTrack, startableRequests } from './requestsToTrack.ts'

describe('the tracker of a request may change', () => {
  const req = (requestId: string, userId: string | null = null) => ({ requestId, userId })
  const track = (
    story: InstanceNotification[],
    starts = new Map<string, number>(),
    refolded: string[] = [],
    closed: string[] = [],
  ) => [...requestsToTrack(story, [...foldsOf(...story).values()], refolded, closed, starts, 'today')].sort()

  test('when a timing was closed under it, now or before', () => {
    const story = [
      novaEvent('pause.start', 1, req('a')),
      novaEvent('pause.end', 2, req('a')),
      novaEvent('reboot.end', 3, req('b')),
    ]
    expect(track(story)).toEqual(['a'])
    expect(track(story, new Map(), ['server'], ['old'])).toEqual(['a', 'old'])
  })

  test('when a notification may start it, and no earlier one did', () => {
    const update = [novaEvent('update', 5, req('a', 'user'))]
    expect(track(update)).toEqual(['a'])
    expect(track(update, new Map([['a', at(9)]]))).toEqual(['a'])
    expect(track(update, new Map([['a', at(1)]]))).toEqual([])
    expect(track(update, new Map([['a', at(5)]]))).toEqual(['a'])
    expect(track(update, new Map([['a', at(1)]]), ['server'])).toEqual(['a'])
  })

  test('when a classic notification cannot start it, but its versioned counterpart did', () => {
    const start = counterpartOf(novaEvent('exists', 5), req('a', 'user'))
    const classic = novaEvent('exists', 5, req('a'))
    const folds = [...foldsOf(start, classic).values()]
    const track = (notifications: InstanceNotification[], newFolds = folds) => [
      ...requestsToTrack(notifications, newFolds, [], [], new Map([['a', start.when]]), 'today'),
    ]
    expect(track([classic])).toEqual(['a'])
    expect(track([classic], [...foldsOf(classic).values()])).toEqual([])
    expect(track([counterpartOf(novaEvent('lock', 9), req('a'))])).toEqual([])
  })

  test('never for the empty request id', () => {
    expect(track([novaEvent('pause.start', 1, req('')), novaEvent('pause.end', 2, req(''))])).toEqual([])
  })

  test('startable requests are listed once', () => {
    const story = [
      novaEvent('update', 1, req('a', 'user')),
      novaEvent('update', 2, req('a', 'user')),
      novaEvent('update', 3, req('b')),
    ]
    expect(startableRequests(story, 'today')).toEqual(['a'])
    expect(startableRequests(story, 'stacktach')).toEqual([])
  })
})
