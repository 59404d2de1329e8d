import { describe, expect, test } from '@jest/globals'
import { parseInstant } from '@stacktach/domain'
import type { StatusReport } from './readStatus.ts'
import { statusObject, statusTables } from './statusTables.ts'

const status: StatusReport = {
  stored: { nova: 1200, glance: 30, generic: 0 },
  rejected: 2,
  backlog: 5,
  deployments: [{ name: 'west', lastWhen: parseInstant('2026-11-20 13:00:00') }],
  configuredDeployments: ['west', 'east'],
  queues: [
    { deployment: 'west', exchange: 'nova', queue: 'stacktach_nova', messages: 7, consumers: 1 },
    { deployment: 'east', exchange: 'nova', queue: 'stacktach_nova', messages: null, consumers: null },
  ],
  exists: {
    nova: { pending: 1, verifying: 0, verified: 90, failed: 3 },
    glance: { pending: 0, verifying: 0, verified: 4, failed: 0 },
  },
  ingest: [
    { process: 'control-1:71', brokers: { west: 'rabbit-2:5672', east: null } },
    { process: 'control-2:80', brokers: { west: 'rabbit-1:5672' } },
  ],
  jobs: [{ queue: 'reports', waiting: 1, active: 0, delayed: 0, failed: 2 }],
  replica: { bytes: 4096, behind: 1_500_000 },
}

describe('the tables of status', () => {
  test('show estimates, counts and what is unknown', () => {
    expect(statusTables(status, false)).toEqual([
      {
        head: ['', 'Count'],
        rows: [
          ['nova notifications', 'about 1200'],
          ['glance notifications', 'about 30'],
          ['generic notifications', 'about 0'],
          ['rejected messages', 2],
          ['pending aggregation', 5],
        ],
      },
      {
        head: ['Deployment', 'Last notification'],
        rows: [
          ['east', 'never'],
          ['west', '2026-11-20 13:00:00'],
        ],
      },
      {
        head: ['Deployment', 'Exchange', 'Queue', 'Messages', 'Consumers'],
        rows: [
          ['west', 'nova', 'stacktach_nova', 7, 1],
          ['east', 'nova', 'stacktach_nova', 'unknown', 'unknown'],
        ],
      },
      {
        head: ['Ingest process', 'Deployment', 'Connected to'],
        rows: [
          ['control-1:71', 'west', 'rabbit-2:5672'],
          ['control-1:71', 'east', 'not connected'],
          ['control-2:80', 'west', 'rabbit-1:5672'],
        ],
      },
      {
        head: ['Exists', 'pending', 'verifying', 'verified', 'failed'],
        rows: [
          ['nova', '1', '0', 'about 90', '3'],
          ['glance', '0', '0', 'about 4', '0'],
        ],
      },
      { head: ['Replica lag (bytes)', 'Replica lag (time)'], rows: [[4096, '0d 00:00:01.50']] },
      { head: ['Jobs', 'Waiting', 'Active', 'Delayed', 'Failed'], rows: [['reports', 1, 0, 0, 2]] },
    ])
  })

  test('show exact counts with --count', () => {
    const [counts, , , , exists] = statusTables(status, true)
    expect(counts?.rows[0]).toEqual(['nova notifications', '1200'])
    expect(exists?.rows[0]).toEqual(['nova', '1', '0', '90', '3'])
  })

  test('leave out the replica and the jobs when they are unavailable', () => {
    const heads = statusTables({ ...status, replica: null, jobs: null, ingest: null }, true).map(({ head }) => head[0])
    expect(heads).toEqual(['', 'Deployment', 'Deployment', 'Exists'])
  })

  test('show a replica that has not replayed any transaction', () => {
    const tables = statusTables({ ...status, replica: { bytes: 0, behind: null } }, true)
    expect(tables.find(({ head }) => head[0] === 'Replica lag (bytes)')?.rows).toEqual([[0, 'unknown']])
  })
})

test('the JSON of status has every part, and null for those that are unavailable', () => {
  const { stored, rejected, backlog, queues, ingest, exists, jobs } = status
  expect(statusObject(status)).toEqual({
    stored,
    rejected,
    backlog,
    last_notification: { east: null, west: '2026-11-20 13:00:00' },
    queues,
    ingest,
    exists,
    jobs,
    replica: { lag_bytes: 4096, lag_microseconds: 1_500_000 },
  })
  expect(statusObject({ ...status, replica: null, jobs: null })).toMatchObject({ replica: null, jobs: null })
})
