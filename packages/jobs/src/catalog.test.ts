import { describe, expect, test } from '@jest/globals'
import { catalog, jobNames, queueNames, schedules } from './catalog.ts'

test.each(jobNames)('%s has a known queue and at least one attempt', (name) => {
  expect(queueNames).toContain(catalog[name].queue)
  expect(catalog[name].attempts).toBeGreaterThanOrEqual(1)
})

test('every queue has a job', () => {
  expect(new Set(jobNames.map((name) => catalog[name].queue))).toEqual(new Set(queueNames))
})

describe('a wake-up', () => {
  test.each(['usage', 'kpi'] as const)('for %s is never retried: the timer enqueues another one', (name) => {
    expect(catalog[name]).toMatchObject({ queue: 'aggregation', attempts: 1 })
  })

  test('has a deduplication id per job and shard', () => {
    const keys = [0, 1, 10].flatMap((shard) => [
      catalog.usage.deduplicationId({ shard }),
      catalog.kpi.deduplicationId({ shard }),
    ])
    expect(new Set(keys).size).toBe(6)
    expect(catalog.usage.deduplicationId({ shard: 1 })).toBe(catalog.usage.deduplicationId({ shard: 1 }))
  })

  test.each([{}, { shard: -1 }, { shard: 1.5 }, { shard: '1' }, { shard: null }])(
    'rejects the payload %j',
    (payload) => {
      expect(catalog.usage.payload.safeParse(payload).success).toBe(false)
    },
  )
})

describe('a report', () => {
  const { payload, attempts, deduplicationId } = catalog.report
  const request = {
    report: 'region-summary' as const,
    period: { from: 1_795_392_000_000_000, until: 1_795_478_400_000_000 },
    region: 'east',
    once: true,
    inProgress: false,
  }

  test('is retried with backoff', () => {
    expect(attempts).toBeGreaterThan(1)
  })

  test.each([
    { period: { ...request.period, from: 0 } },
    { period: { ...request.period, until: 0 } },
    { region: '' },
    { deployments: ['east'] },
    { percentile: 95 },
    { report: 'error-details' as const },
  ])('with a different %j is a different job', (other) => {
    expect(deduplicationId({ ...request, ...other })).not.toBe(deduplicationId(request))
  })

  test('requested by an operator is not deduplicated with a scheduled one', () => {
    expect(deduplicationId({ ...request, once: false })).not.toBe(deduplicationId(request))
  })

  test('requested by an operator has priority over scheduled ones', () => {
    expect([catalog.report.lowPriority?.(request), catalog.report.lowPriority?.({ ...request, once: false })]).toEqual([
      true,
      false,
    ])
  })

  test('has a payload of whole microseconds, and drops other fields', () => {
    expect(payload.parse({ ...request, rows: [1] })).toEqual(request)
    expect(payload.safeParse({ ...request, period: { from: 0.5, until: 1 } }).success).toBe(false)
    expect(payload.safeParse({ ...request, report: 'nope' }).success).toBe(false)
  })
})

test('deduplication ids are unique and contain no colon, which BullMQ does not allow', () => {
  const keys = [
    catalog.usage.deduplicationId({ shard: 3 }),
    catalog.kpi.deduplicationId({ shard: 3 }),
    catalog.report.deduplicationId({
      report: 'error-details',
      period: { from: 1, until: 2 },
      region: '',
      once: true,
      inProgress: false,
    }),
    catalog['due-reports'].deduplicationId({}),
    catalog.partitions.deduplicationId({}),
    catalog.retention.deduplicationId({ before: null, service: null }),
    catalog.retention.deduplicationId({ before: 1, service: 'nova' }),
    catalog['replay-rejected'].deduplicationId({ ids: null }),
    catalog['replay-rejected'].deduplicationId({ ids: [1, 2] }),
    catalog['replay-rejected'].deduplicationId({ ids: [12] }),
    catalog.refold.deduplicationId({}),
  ]
  expect(keys.join()).not.toContain(':')
  expect(new Set(keys).size).toBe(keys.length)
})

test.each(schedules)('$job recurs, with an empty payload', ({ job, intervalMs }) => {
  expect(catalog[job].payload.safeParse({}).success).toBe(true)
  expect(intervalMs).toBeGreaterThanOrEqual(60_000)
})
