import { expect, test } from '@jest/globals'
import { ingestProblems } from './check.ts'

const queue = (deployment: string, name: string, consumers: number | null) => ({
  deployment,
  exchange: 'nova',
  queue: name,
  messages: consumers === null ? null : 0,
  consumers,
})

test('reports unavailable brokers, and queues without a consumer of the other brokers', () => {
  const queues = [
    queue('east', 'a', 1),
    queue('east', 'b', 0),
    { ...queue('east', 'b', 0), exchange: 'glance' },
    queue('east', 'missing', null),
    queue('west', 'a', null),
  ]
  expect(ingestProblems(queues, new Map([['west', 'the broker does not answer']]))).toEqual([
    'west: the broker does not answer',
    'east: queue b has no consumer',
    'east: queue missing has no consumer',
  ])
  expect(ingestProblems([queue('east', 'a', 2)], new Map())).toEqual([])
})
