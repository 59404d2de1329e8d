import { expect, test } from '@jest/globals'
import { MINUTE, SECOND } from '../time/instant.ts'
import { stuckAge } from './stuck.ts'

test.each([
  [null, 10 * MINUTE],
  [0, 10 * MINUTE],
  [200 * SECOND, 10 * MINUTE],
  [201 * SECOND, 603 * SECOND],
  [60 * MINUTE, 180 * MINUTE],
])('after a p99 of %s an operation is stuck at the age of %s', (p99, age) => expect(stuckAge(p99)).toBe(age))
