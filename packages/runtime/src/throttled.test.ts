import { expect, test } from '@jest/globals'
import { throttled } from './throttled.ts'

test('a lasting problem is logged once a minute, a different one immediately', () => {
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
    [90_000, 'unavailable'],
  ] as const) {
    now = at
    log(text)
  }
  expect(lines).toEqual(['0 unavailable', '60000 unavailable', '60001 refused', '60002 unavailable'])
})
