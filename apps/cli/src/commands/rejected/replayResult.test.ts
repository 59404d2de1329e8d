import { describe, expect, test } from '@jest/globals'
import { replayObject, replayText } from './replayResult.ts'

const counts = { stored: 5, duplicates: 2, rejected: 1, truncated: 0 }
const stillRejected = [{ id: 7, reason: 'not json', detail: 'Unexpected token' }]

describe('the result of a replay', () => {
  test('as text', () => {
    expect(replayText(counts, [])).toBe('stored 5, duplicates 2, rejected 1')
    expect(replayText({ ...counts, truncated: 3 }, stillRejected)).toBe(
      'stored 5, duplicates 2, rejected 1, not replayed 3 (too large: only the beginning is stored)\n' +
        '7: not json: Unexpected token',
    )
  })

  test('as JSON', () => {
    expect(replayObject(counts, [])).toEqual(counts)
    expect(replayObject(counts, stillRejected)).toEqual({ ...counts, still_rejected: stillRejected })
  })
})
