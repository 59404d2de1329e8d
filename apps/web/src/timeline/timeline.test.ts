import { describe, expect, test } from '@jest/globals'
import { type Attempt, HOUR, MINUTE, type Operation, SECOND } from '@stacktach/domain'
import { layOutTimeline } from './timeline.ts'

const START = Date.parse('2026-11-20T12:00:00Z') * 1000
const NOW = START + 3 * HOUR

function attempt(start: number | null, end: number | null, outcome: Attempt['outcome'] = 'done'): Attempt {
  const at = (offset: number | null) => (offset === null ? null : START + offset)
  return {
    start: at(start),
    end: at(end),
    outcome,
    host: 'compute-07',
    error: outcome === 'failed' ? 'No space' : null,
  }
}

function operation(name: string, attempts: Attempt[]): Operation {
  const [first] = attempts
  const last = attempts.at(-1)
  return {
    instance: 'i',
    name,
    requestId: 'req-1',
    notificationId: 1,
    when: first?.start ?? first?.end ?? START,
    identity: '',
    end: last?.outcome === 'open' ? null : (last?.end ?? null),
    outcome: last?.outcome ?? 'open',
    attempts,
    deploymentId: 1,
    tenant: '5000',
    userId: null,
    host: 'compute-07',
    flavor: null,
    image: null,
  }
}

test('operations keep their order, and their bars follow the time', () => {
  const { rows, scale } = layOutTimeline(
    [operation('delete', [attempt(2 * MINUTE, 3 * MINUTE)]), operation('create', [attempt(0, MINUTE)])],
    NOW,
  )
  expect(rows.map(({ operation }) => operation.name)).toEqual(['delete', 'create'])
  expect(rows[1]?.bar).toMatchObject({ x: 1, from: START, until: START + MINUTE, isStartUnknown: false })
  expect(rows[0]?.bar.x).toBeGreaterThan((rows[1]?.bar.x ?? 0) + (rows[1]?.bar.width ?? 0))
  expect(scale.until).toBe(START + 3 * MINUTE)
})

test('attempts have rows of their own below the operation', () => {
  const { rows } = layOutTimeline(
    [operation('create', [attempt(0, 10 * SECOND, 'failed'), attempt(12 * SECOND, 30 * SECOND)])],
    NOW,
  )
  expect(rows.map(({ attempt, number, outcome }) => [attempt?.outcome ?? null, number, outcome])).toEqual([
    [null, 2, 'done'],
    ['failed', 1, 'failed'],
    ['done', 2, 'done'],
  ])
  const [whole, first, second] = rows.map(({ bar }) => bar)
  expect(whole?.x).toBe(first?.x)
  expect(second?.x).toBeGreaterThan((first?.x ?? 0) + (first?.width ?? 0))
  expect((whole?.x ?? 0) + (whole?.width ?? 0)).toBeCloseTo((second?.x ?? 0) + (second?.width ?? 0))
})

describe('an open operation', () => {
  test('extends to now, across a pause', () => {
    const { rows, scale } = layOutTimeline(
      [operation('create', [attempt(0, 10 * SECOND)]), operation('reboot', [attempt(20 * SECOND, null, 'open')])],
      NOW,
    )
    const bar = rows[1]?.bar
    expect(bar).toMatchObject({ until: null })
    expect((bar?.x ?? 0) + (bar?.width ?? 0)).toBeCloseTo(scale.x(NOW))
    expect(scale.pauses).toMatchObject([{ from: START + 20 * SECOND, until: NOW }])
  })

  test('does not extend the scale once it is abandoned', () => {
    const { scale, rows } = layOutTimeline([operation('reboot', [attempt(0, 5 * SECOND, 'abandoned')])], NOW)
    expect(scale.until).toBe(START + 5 * SECOND)
    expect(rows[0]?.outcome).toBe('abandoned')
  })
})

test('an operation with its end alone is a mark without a start', () => {
  const { rows } = layOutTimeline([operation('delete', [attempt(null, 5 * SECOND)])], NOW)
  expect(rows[0]?.bar).toMatchObject({ from: START + 5 * SECOND, width: 0, isStartUnknown: true })
})

test('nothing happened: no rows', () => {
  expect(layOutTimeline([], NOW).rows).toEqual([])
})
