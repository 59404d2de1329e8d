import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { foldsOf } from '../testkit/foldsOf.ts'
import { at, notice, twinOf } from '../testkit/story.ts'
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
    const folds = [...foldsOf(start, classic).values()]
    const track = (seen: InstanceNotification[], of = folds) => [
      ...requestsToTrack(seen, of, [], [], new Map([['a', start.when]]), 'today'),
    ]
    expect(track([classic])).toEqual(['a'])
    expect(track([classic], [...foldsOf(classic).values()])).toEqual([])
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
