import { expect, test } from '@jest/globals'
import { parseInstant } from '@stacktach/domain'
import { typedText, typedTime } from './listParameters.ts'

test.each([
  ['2026-11-20', '2026-11-20 00:00:00', '2026-11-20'],
  ['2026-11-20 12:30', '2026-11-20 12:30:00', '2026-11-20 12:30'],
  ['2026-11-20T12:30', '2026-11-20 12:30:00', '2026-11-20 12:30'],
  [' 2026-11-20 12:30:05 ', '2026-11-20 12:30:05', '2026-11-20 12:30:05'],
  ['2026-11-20T12:30:05.5Z', '2026-11-20 12:30:05.5', '2026-11-20 12:30:05.500000'],
])('%s is read, and written as short as possible', (text, time, written) => {
  const instant = typedTime.parse(text)
  expect(instant).toBe(parseInstant(time))
  expect(typedText(instant)).toBe(written)
  expect(typedTime.parse(written)).toBe(instant)
})

test.each(['now', '2026-02-30', '12:30', '2026-11-20 25:00'])('%s is refused', (text) => {
  expect(typedTime.safeParse(text).success).toBe(false)
})
