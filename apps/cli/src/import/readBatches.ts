import type { Readable } from 'node:stream'

/** Lines of a file, and the position after them. */
export interface LineBatch {
  lines: Buffer[]
  /** Number of the first line, counted from 1 at the beginning of the stream. */
  first: number
  /** Bytes from the beginning of the stream to the end of the last line. */
  end: number
}

/** Limits of a batch; its last line may exceed the bytes. */
const BATCH_LINES = 1_000
const BATCH_BYTES = 8 * 1024 * 1024

const NEWLINE = 0x0a

/** Splits a stream into batches of lines. The stream is read at the pace at which batches are taken. */
export async function* readBatches(
  stream: Readable,
  maxLines = BATCH_LINES,
  maxBytes = BATCH_BYTES,
): AsyncGenerator<LineBatch> {
  let batch: LineBatch = { lines: [], first: 1, end: 0 }
  let batchBytes = 0
  let incomplete: Buffer[] = []
  const addLine = (line: Buffer, length: number) => {
    batch.lines.push(line)
    batch.end += length
    batchBytes += length
  }
  const takeBatch = (): LineBatch => {
    const full = batch
    batch = { lines: [], first: full.first + full.lines.length, end: full.end }
    batchBytes = 0
    return full
  }
  for await (const chunk of stream) {
    const buffer: Buffer = chunk
    let start = 0
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...incomplete, buffer.subarray(start, end)])
      incomplete = []
      start = end + 1
      addLine(line, line.length + 1)
      if (batch.lines.length >= maxLines || batchBytes >= maxBytes) yield takeBatch()
    }
    if (start < buffer.length) incomplete.push(buffer.subarray(start))
  }
  const rest = Buffer.concat(incomplete)
  if (rest.length > 0) addLine(rest, rest.length)
  if (batch.lines.length > 0) yield takeBatch()
}
