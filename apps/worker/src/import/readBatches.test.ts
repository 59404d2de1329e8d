import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { type LineBatch, readBatches } from './readBatches.ts'

async function read(chunks: string[], lines: number, bytes?: number): Promise<LineBatch[]> {
  const batches: LineBatch[] = []
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  for await (const batch of readBatches(stream, lines, bytes)) batches.push(batch)
  return batches
}

const told = (batches: LineBatch[]) => batches.map(({ lines, first, end }) => [first, end, lines.map(String)])

test('lines are the same wherever the chunks are cut, and every batch knows where it ends', async () => {
  const whole = 'one\n\ntwo é\nthree'
  const expected = [
    [1, 5, ['one', '']],
    [3, 17, ['two é', 'three']],
  ]
  for (let size = 1; size <= whole.length; size++) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
      whole.slice(i * size, (i + 1) * size),
    )
    expect(told(await read(chunks, 2))).toEqual(expected)
  }
})

test('a batch ends by its bytes, too', async () => {
  expect(told(await read(['aaaa\nbb\ncc\n'], 100, 5))).toEqual([
    [1, 5, ['aaaa']],
    [2, 11, ['bb', 'cc']],
  ])
})

test('nothing is no batch, and an end without a newline is a line', async () => {
  expect(await read([], 2)).toEqual([])
  expect(told(await read(['x'], 2))).toEqual([[1, 1, ['x']]])
})
