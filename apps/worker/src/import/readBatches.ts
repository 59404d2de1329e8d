import type { Readable } from 'node:stream'

/** Lines of a file, and where the next one begins. */
export interface LineBatch {
  lines: Buffer[]
  /** Number of the first line, counted from 1 where reading began. */
  first: number
  /** Bytes from where reading began to the end of the last line. */
  end: number
}

/** Lines of a batch at most, and about how many bytes of them. */
const LINES = 1_000
const BYTES = 8 * 1024 * 1024

const NEWLINE = 0x0a

/** Cuts a stream into lines, so many at a time; no more of it is read than what is asked for. */
export async function* readBatches(stream: Readable, lines = LINES, bytes = BYTES): AsyncGenerator<LineBatch> {
  let batch: LineBatch = { lines: [], first: 1, end: 0 }
  let pieces: Buffer[] = []
  let size = 0
  const take = (line: Buffer, length: number) => {
    batch.lines.push(line)
    batch.end += length
    size += length
  }
  const next = (): LineBatch => {
    const done = batch
    batch = { lines: [], first: done.first + done.lines.length, end: done.end }
    size = 0
    return done
  }
  for await (const chunk of stream) {
    const buffer: Buffer = chunk
    let from = 0
    for (let at = buffer.indexOf(NEWLINE); at >= 0; at = buffer.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...pieces, buffer.subarray(from, at)])
      pieces = []
      from = at + 1
      take(line, line.length + 1)
      if (batch.lines.length >= lines || size >= bytes) yield next()
    }
    if (from < buffer.length) pieces.push(buffer.subarray(from))
  }
  const rest = Buffer.concat(pieces)
  if (rest.length > 0) take(rest, rest.length)
  if (batch.lines.length > 0) yield next()
}
