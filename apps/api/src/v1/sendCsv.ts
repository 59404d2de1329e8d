import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'

/**
 * Streams text/csv. The client's pace limits how much is read ahead. An error before the first part is thrown, so that the
 * answer can be a problem; a later one breaks the connection, so that the client does not take a part for the whole.
 */
export async function sendCsv(response: Response, headOnly: boolean, parts: AsyncIterable<string>): Promise<void> {
  const iterator = parts[Symbol.asyncIterator]()
  const first = await iterator.next()
  response.status(200).set({ 'Content-Type': 'text/csv; charset=utf-8; header=present', 'Cache-Control': 'no-store' })
  if (headOnly) {
    await iterator.return?.()
    response.end()
    return
  }
  try {
    await pipeline(Readable.from(allParts(first, iterator), { objectMode: true, highWaterMark: 1 }), response)
  } catch (error) {
    // The client has disconnected.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw error
  }
}

async function* allParts(first: IteratorResult<string>, rest: AsyncIterator<string>) {
  try {
    for (let part = first; !part.done; part = await rest.next()) yield part.value
  } finally {
    await rest.return?.()
  }
}
