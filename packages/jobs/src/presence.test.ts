import { expect, test } from '@jest/globals'
import { formatAnnouncement, parseAnnouncements } from './presence.ts'

test('processes that announced themselves a moment ago are running, all others have ended', () => {
  const stored = {
    'b:2': formatAnnouncement({ east: null }, 990),
    'a:1': formatAnnouncement({ east: 'rabbit-1:5672', west: 'rabbit-2:5672' }, 1_000),
    'c:3': formatAnnouncement({ east: 'rabbit-1:5672' }, 960),
    'd:4': 'not JSON',
    'e:5': '{"at":1000}',
  }
  expect(parseAnnouncements(stored, 1_000)).toEqual({
    running: [
      { process: 'a:1', brokers: { east: 'rabbit-1:5672', west: 'rabbit-2:5672' } },
      { process: 'b:2', brokers: { east: null } },
    ],
    ended: ['c:3', 'd:4', 'e:5'],
  })
})
