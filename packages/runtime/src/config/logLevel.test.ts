import { expect, test } from '@jest/globals'
import { showsStackTraces } from './logLevel.ts'

test.each([
  ['debug', true],
  ['info', false],
  ['loud', false],
  [undefined, false],
])('stack traces at LOG_LEVEL %s: %s', (LOG_LEVEL, expected) => {
  expect(showsStackTraces({ LOG_LEVEL })).toBe(expected)
})
