import { describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE, parseInstant, SECOND } from '../time/instant.ts'
import { countRequest, type RegionTally, regionSummary, shortTime } from './regionSummary.ts'
import type { RequestFacts } from './request.ts'

const start = parseInstant('2026-11-20 00:00:00') ?? 0
const options = {
  period: { from: start, until: start + DAY },
  region: '',
  deployments: ['east', 'west'],
  percentile: 97,
}
const by = { id: 1, when: 0, event: 'e', service: 'compute', host: 'h', tenant: 't', deployment: 'east' }

function request(duration: number, fields: Partial<RequestFacts> = {}): RequestFacts {
  const nothing = { imageType: 0x11, operation: 'create', tenant: 't', stateError: null, errors: [] }
  return { instance: 'i', requestId: 'r', first: start, last: start + duration, ...nothing, ...fields }
}

const failing = (code: number) => [{ ...by, json: `["error",{"payload":{"code":${code}}}]` }]

function summary(requests: RequestFacts[], changed: Partial<typeof options> = {}) {
  const tally: RegionTally = new Map()
  for (const item of requests) countRequest(tally, item)
  return regionSummary.shape(tally, { ...options, ...changed })
}

test('a day without requests has zeros and is not an error', () => {
  expect(summary([])).toEqual([
    expect.objectContaining({ total: 0, failure_grand_total: 0, failure_grand_rate: 0, '4xx failure percentage': 0 }),
    expect.any(Array),
  ])
})

test('the first row has the requested options; its end is the last second, as in StackTach', () => {
  const [head, header] = summary([], { region: 'east', deployments: ['east'], percentile: 95 })
  expect(head).toMatchObject({
    percentile: 95,
    pct: 0.025,
    hours: 24,
    start: 1795132800,
    end: 1795219199,
    region: 'EAST',
    cells: ['east'],
  })
  expect(header).toEqual(
    'Operation,Image,OS Type,Min,Max,Med,95%,Requests,4xx,% 4xx,5xx,% 5xx,> 30,% > 30,state,% state'.split(','),
  )
})

test('each failure has a column: fractions in the rows, percentages in the first row', () => {
  const [head, , ...rows] = summary([
    request(SECOND),
    request(2 * SECOND, { errors: failing(404) }),
    request(3 * SECOND, { errors: failing(500) }),
    request(40 * MINUTE),
    request(4 * SECOND, { stateError: by }),
    request(5 * SECOND, { errors: failing(302) }),
    request(SECOND, { operation: null, imageType: 0x23 }),
    request(SECOND, { operation: 'snapshot', imageType: 0 }),
  ])
  expect(head).toMatchObject({
    total: 8,
    failure_grand_total: 4,
    failure_grand_rate: 50,
    '4xx failure count': 1,
    '5xx failure percentage': 12.5,
    '> 30 failure count': 1,
    'state failure count': 1,
  })
  const sixth = 1 / 6
  expect(rows).toEqual([
    ['aux', 'snap', 'windows', '1s', '1s', '1s', '1s', 1, 0, 0, 0, 0, 0, 0, 0, 0],
    ['create', 'base', 'linux', '1s', '40:00s', '4s', '40:00s', 6, 1, sixth, 1, sixth, 1, sixth, 1, sixth],
    ['snapshot', '?', '?', '1s', '1s', '1s', '1s', 1, 0, 0, 0, 0, 0, 0, 0, 0],
  ])
})

describe('the sorted durations', () => {
  const row = (count: number, percentile: number) =>
    summary(
      Array.from({ length: count }, (_, index) => request((count - index) * SECOND)),
      { percentile },
    )[2]

  test.each([
    [1, 97, '1s', '1s'],
    [2, 97, '2s', '2s'],
    [10, 50, '6s', '6s'],
    [50, 97, '26s', '49s'],
    [50, 100, '26s', '50s'],
  ])('%d durations with percentile %d have the median %s and the percentile %s', (count, percentile, median, value) => {
    expect(row(count, percentile)).toMatchObject({ 5: median, 6: value, 7: count })
  })
})

test.each([
  [0, '0s'],
  [999_999, '0s'],
  [52 * SECOND, '52s'],
  [344 * SECOND, '5:44s'],
  [HOUR + 41 * MINUTE + 14 * SECOND, '01:41:14'],
  [27 * HOUR, '27:00:00'],
])('%d microseconds are formatted as %s', (duration, text) => expect(shortTime(duration)).toBe(text))

test('the name has the region', () => {
  expect(['', 'East'].map(regionSummary.name)).toEqual(['summary for region: all', 'summary for region: east'])
})
