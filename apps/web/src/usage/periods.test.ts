import { expect, test } from '@jest/globals'
import type { ExistsPeriodCount } from '@stacktach/db'
import { HOUR } from '@stacktach/domain'
import { byDeployment, reasonsOf, summarize } from './periods.ts'

const count = (changes: Partial<ExistsPeriodCount>): ExistsPeriodCount => ({
  periodEnd: 2 * HOUR,
  deployment: 'west',
  status: 'verified',
  reason: null,
  published: false,
  count: 1,
  ...changes,
})

const counts = [
  count({ count: 10 }),
  count({ status: 'pending', count: 2 }),
  count({ status: 'verifying', periodEnd: null }),
  count({ status: 'failed', reason: 'no launch', count: 3 }),
  count({ status: 'failed', reason: 'no delete', count: 4, published: true, deployment: 'east' }),
]

test('an audit period is summed by verdict', () => {
  expect(summarize({ start: HOUR, counts })).toEqual({
    start: HOUR,
    end: 2 * HOUR,
    total: 20,
    verified: 10,
    failed: 7,
    pending: 3,
    contradicted: 4,
    atAction: 1,
    reasons: [
      { reason: 'no delete', count: 4 },
      { reason: 'no launch', count: 3 },
    ],
  })
})

test('several periods are summed by reason and deployment', () => {
  const periods = [
    { start: 0, counts },
    { start: null, counts },
  ]
  expect(reasonsOf(periods).map(({ count }) => count)).toEqual([8, 6])
  expect(byDeployment(periods).map(({ deployment, total, failed }) => [deployment, total, failed])).toEqual([
    ['east', 8, 8],
    ['west', 32, 6],
  ])
  expect(byDeployment([])).toEqual([])
})
