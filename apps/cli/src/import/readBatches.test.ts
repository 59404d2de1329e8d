import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { type LineBatch, readBatches } from './readBatches.ts'

async function read(chunks: string[], lines: number, bytes?: number): Promise<LineBatch[]> {
  const batches: LineBatch[] = []
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  for await (const batch of readBatches(stream, lines, bytes)) batches.push(batch)
  return batches
}

const summary = (batches: LineBatch[]) => batches.map(({ lines, first, end }) => [first, end, lines.map(String)])

test('lines and positions do not depend on the size of the chunks', async () => {
  const whole = 'one\n\ntwo é\nthree'
  const expected = [
    [1, 5, ['one', '']],
    [3, 17, ['two é', 'three']],
  ]
  for (let size = 1; size <= whole.length; size++) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
      whole.slice(i * size, (i + 1) * size),
    )
    expect(summary(await read(chunks, 2))).toEqual(expected)
  }
})

test('a batch ends when it reaches the maximum of bytes', async () => {
  expect(summary(await read(['aaaa\nbb\ncc\n'], 100, 5))).toEqual([
    [1, 5, ['aaaa']],
    [2, 11, ['bb', 'cc']],
  ])
})

test('an empty stream has no batch, and the last line needs no newline', async () => {
  expect(await read([], 2)).toEqual([])
  expect(summary(await read(['x'], 2))).toEqual([[1, 1, ['x']]])
})
