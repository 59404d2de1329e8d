import { expect, test } from '@jest/globals'
import { throttled } from './throttled.ts'

test('a trouble that lasts is told of once a minute, and another one at once', () => {
  const told: string[] = []
  let now = 0
  const tell = throttled(
    (text) => told.push(`${now} ${text}`),
    () => now,
  )
  for (const [at, text] of [
    [0, 'away'],
    [59_999, 'away'],
    [60_000, 'away'],
    [60_001, 'refused'],
    [60_002, 'away'],
    [90_000, 'away'],
  ] as const) {
    now = at
    tell(text)
  }
  expect(told).toEqual(['0 away', '60000 away', '60001 refused', '60002 away'])
})
