import { expect, test } from '@jest/globals'
import { SECOND } from '@stacktach/domain'
import { cutBatch, MAX_ROWS } from './watchBatch.ts'

const UNTIL = 1_000_000 * SECOND

/** Asks for one batch after another, as a client does, until one reaches the end. */
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
  ['as many as fit', spread(MAX_ROWS, 5 * SECOND, SECOND)],
  ['one more', spread(MAX_ROWS + 1, 5 * SECOND, SECOND)],
  ['a thousand a second', spread(35_000, 5 * SECOND, 1000)],
  ['a second that begins with the first row left out', [...spread(MAX_ROWS, 5 * SECOND, 100), 6 * SECOND, 7 * SECOND]],
  ['more in one second than fit', spread(25_000, 5 * SECOND, 10)],
])('%s: every row is sent once', (_name, whens) => {
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

test('more in one microsecond than fit do not stop the watch', () => {
  const { batches, next } = watchAll([...Array(MAX_ROWS + 5).fill(5 * SECOND + 7), 9 * SECOND], 1 * SECOND)
  expect(batches.at(-1)).toEqual([9 * SECOND])
  expect(next).toBe('1000000')
})
