import { expect, test } from '@jest/globals'
import { throttled } from './throttled.ts'

test('each lasting problem is logged once a minute, also when several alternate', () => {
  const lines: string[] = []
  let now = 0
  const log = throttled(
    (text) => lines.push(`${now} ${text}`),
    () => now,
  )
  for (const [at, text] of [
    [0, 'unavailable'],
    [59_999, 'unavailable'],
    [60_000, 'unavailable'],
    [60_001, 'refused'],
    [60_002, 'unavailable'],
    [60_003, 'refused'],
    [90_000, 'attempt 1 failed'],
    [90_001, 'attempt 2 failed'],
    [120_001, 'refused'],
  ] as const) {
    now = at
    log(text)
  }
  expect(lines).toEqual([
    '0 unavailable',
    '60000 unavailable',
    '60001 refused',
    '90000 attempt 1 failed',
    '120001 refused',
  ])
})
