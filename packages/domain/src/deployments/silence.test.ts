import { expect, test } from '@jest/globals'
import { HOUR } from '../time/instant.ts'
import { isSilent, SILENT_AFTER } from './silence.ts'

test('a deployment is silent after more than the threshold, and while it has sent nothing', () => {
  const now = 400_000 * HOUR
  expect(isSilent(now - SILENT_AFTER, now)).toBe(false)
  expect(isSilent(now - SILENT_AFTER - 1, now)).toBe(true)
  expect(isSilent(now + HOUR, now)).toBe(false)
  expect(isSilent(null, now)).toBe(true)
})
