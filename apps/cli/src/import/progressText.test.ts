import { expect, test } from '@jest/globals'
import { progressText } from './progressText.ts'

const state = { offset: 250, lines: 3_000, stored: 2_000, duplicates: 999, rejected: 1, unreadable: 0 }

test('shows the share of a file that is imported, and the speed of this run', () => {
  expect(progressText(state, 1_000, 1_000, 2)).toBe(
    '[======>                 ]  25 %  1000/s  stored 2000, duplicates 999, rejected 1',
  )
  expect(progressText({ ...state, offset: 1_000 }, 0, 1_000, 3)).toBe(
    '[========================] 100 %  1000/s  stored 2000, duplicates 999, rejected 1',
  )
})

test('counts lines when the size is unknown', () => {
  expect(progressText(state, 0, null, 3)).toBe('3000 lines  1000/s  stored 2000, duplicates 999, rejected 1')
})
