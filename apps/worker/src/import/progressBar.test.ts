import { expect, test } from '@jest/globals'
import { progressText } from './progressBar.ts'

const state = { offset: 250, lines: 3_000, stored: 2_000, known: 999, rejected: 1, unreadable: 0 }

test('of a file it says how much of it is done, and how fast since it went on', () => {
  expect(progressText(state, 1_000, 1_000, 2)).toBe(
    '[======>                 ]  25 %  1000/s  stored 2000, known 999, rejected 1',
  )
  expect(progressText({ ...state, offset: 1_000 }, 0, 1_000, 3)).toBe(
    '[========================] 100 %  1000/s  stored 2000, known 999, rejected 1',
  )
})

test('of what has no known end it counts lines', () => {
  expect(progressText(state, 0, null, 3)).toBe('3000 lines  1000/s  stored 2000, known 999, rejected 1')
})
