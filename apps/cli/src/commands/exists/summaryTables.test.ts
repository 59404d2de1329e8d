import { expect, test } from '@jest/globals'
import { existsSummaryObject, existsSummaryTables } from './summaryTables.ts'

const none = { status: { pending: 0, verifying: 0, verified: 0, failed: 0 }, sendStatus: {}, reasons: [] }
const counts = {
  nova: {
    status: { pending: 4, verifying: 0, verified: 1, failed: 3 },
    sendStatus: { 0: 7, 201: 1, 503: 1 },
    reasons: [
      { reason: 'launch differs', number: 2 },
      { reason: '', number: 1 },
    ],
  },
  glance: none,
}

test('the summary has tables by status, send status and failure reason', () => {
  expect(existsSummaryTables(counts)).toEqual([
    {
      head: ['Service', 'pending', 'verifying', 'verified', 'failed'],
      rows: [
        ['nova', 4, 0, 1, 3],
        ['glance', 0, 0, 0, 0],
      ],
    },
    {
      head: ['Service', 'Send status', 'Count'],
      rows: [
        ['nova', '0 unsent', 7],
        ['nova', '201 confirmed', 1],
        ['nova', '503', 1],
      ],
    },
    {
      head: ['Service', 'Failure reason', 'Count'],
      rows: [
        ['nova', 'launch differs', 2],
        ['nova', 'none', 1],
      ],
    },
  ])
})

test('empty tables are left out', () => {
  expect(existsSummaryTables({ nova: none, glance: none })).toHaveLength(1)
})

test('the JSON has a member for each service', () => {
  expect(existsSummaryObject(counts)).toEqual({
    nova: {
      ...counts.nova.status,
      send_status: counts.nova.sendStatus,
      reasons: [
        { reason: 'launch differs', count: 2 },
        { reason: '', count: 1 },
      ],
    },
    glance: { ...none.status, send_status: {}, reasons: [] },
  })
})
