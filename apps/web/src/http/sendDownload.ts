import { HttpError } from '@stacktach/http'
import type { Response } from 'express'
import type { Download } from '../page/defineDownload.ts'

/** Downloads at the same time. Each uses a database connection until it ends. */
const MAX_DOWNLOADS = 3

/** A client that takes nothing for this long is disconnected. */
const STALLED_MS = 20_000

let running = 0

/**
 * Sends a file while it is read, as fast as the client takes it. If reading fails after the first part, the connection is
 * closed, so that the client does not take the file for complete. Without the body, the first part decides the status.
 */
export async function sendDownload(response: Response, download: Download, withBody: boolean): Promise<void> {
  const { filename, type, parts } = download
  const headers = {
    'Content-Type': type,
    'Content-Disposition': `attachment; filename="${filename}"`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Referrer-Policy': 'no-referrer',
  }
  if (running >= MAX_DOWNLOADS) {
    throw new HttpError(503, 'Too many downloads at the same time: retry in a few seconds', { 'Retry-After': '5' })
  }
  running++
  try {
    for await (const part of parts) {
      if (response.destroyed) return
      if (!response.headersSent) response.status(200).set(headers)
      if (!withBody) break
      if (!response.write(part)) await drained(response)
    }
    response.end()
  } catch (error) {
    if (!response.headersSent) throw error
    response.destroy(error instanceof Error ? error : undefined)
  } finally {
    running--
  }
}

/** Resolves when the response can take more, or is closed; closes it if the client takes nothing. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), STALLED_MS)
    const done = () => {
      clearTimeout(timer)
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
    if (response.destroyed) done()
  })
}
