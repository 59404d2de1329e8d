import { expect, test } from '@jest/globals'
import { SECOND } from '@stacktach/domain'
import { cutBatch, MAX_ROWS } from './watchBatch.ts'

const UNTIL = 1_000_000 * SECOND

/** Requests batches like a client, with the `next` of each, up to UNTIL. */
function watchAll(whens: number[], since: number): { batches: number[][]; next: string } {
  const batches: number[][] = []
  let next = String(since / SECOND)
  while (Number(next) * SECOND < UNTIL) {
    const after = Math.round(Number(next) * SECOND)
    const rows = whens.filter((when) => when > after).slice(0, MAX_ROWS + 1)
    const batch = cutBatch(
      rows.map((when) => ({ when })),
      after,
      UNTIL,
    )
    batches.push(batch.sent.map(({ when }) => when))
    next = batch.next
  }
  return { batches, next }
}

const spread = (count: number, from: number, step: number) => Array.from({ length: count }, (_, n) => from + n * step)

test.each([
  ['MAX_ROWS rows', spread(MAX_ROWS, 5 * SECOND, SECOND)],
  ['one row more', spread(MAX_ROWS + 1, 5 * SECOND, SECOND)],
  ['a thousand rows per second', spread(35_000, 5 * SECOND, 1000)],
  ['a second that begins with the first excess row', [...spread(MAX_ROWS, 5 * SECOND, 100), 6 * SECOND, 7 * SECOND]],
  ['more than MAX_ROWS in one second', spread(25_000, 5 * SECOND, 10)],
])('each row is sent once: %s', (_name, whens) => {
  const { batches, next } = watchAll(whens, 1 * SECOND)
  expect(batches.flat()).toEqual(whens)
  expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(MAX_ROWS)
  expect(next).toBe('1000000')
})

test('the next since is the last whole second that was sent entirely', () => {
  const rows = spread(MAX_ROWS + 1, 5 * SECOND, 1000).map((when) => ({ when }))
  const { sent, next } = cutBatch(rows, 0, UNTIL)
  expect(next).toBe('14')
  expect(sent.at(-1)).toEqual({ when: 14 * SECOND })
})

test('more than MAX_ROWS in one microsecond do not stop the watch', () => {
  const { batches, next } = watchAll([...Array(MAX_ROWS + 5).fill(5 * SECOND + 7), 9 * SECOND], 1 * SECOND)
  expect(batches.at(-1)).toEqual([9 * SECOND])
  expect(next).toBe('1000000')
})
