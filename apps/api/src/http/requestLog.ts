import { randomUUID } from 'node:crypto'
import type { Logger } from '@stacktach/runtime'
import type { RequestHandler, Response } from 'express'

/** A call that is over. */
export interface CompletedRequest {
  /** The endpoint's path as it is written in the program; null: there is none, or it was refused before one was looked for. */
  endpoint: string | null
  status: number
  milliseconds: number
}

const REQUEST_ID = 'X-Request-Id'

/** What an id may be that a proxy brings. Anything else could be read wrongly in a log, and gets one of our own instead. */
const wellFormed = /^[\w.:+/=@-]{1,128}$/

/** Status, in the log and the metrics alone, of a call whose client was gone before its answer began. */
const CLIENT_CLOSED_REQUEST = 499

const endpoints = new WeakMap<Response, { path: string; quiet: boolean }>()

/** Says which endpoint answers. A quiet one is asked so often that its calls are logged for debugging only. */
export function setEndpoint(response: Response, path: string, quiet: boolean): void {
  endpoints.set(response, { path, quiet })
}

/** The id of the call that a response answers. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(REQUEST_ID))
}

/**
 * Gives every call an id, which the answer carries, and says what became of it: a line of the log, and `onCall`. A header is
 * never logged, since one of them is a token.
 */
export function requestLog(logger: Logger, onCall: (call: CompletedRequest) => void): RequestHandler {
  return (request, response, next) => {
    const began = performance.now()
    const brought = request.headers['x-request-id']
    const requestId = typeof brought === 'string' && wellFormed.test(brought) ? brought : randomUUID()
    response.setHeader(REQUEST_ID, requestId)
    response.once('close', () => {
      const { path: endpoint = null, quiet = false } = endpoints.get(response) ?? {}
      const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST
      const milliseconds = performance.now() - began
      onCall({ endpoint, status, milliseconds })
      const about = { requestId, method: request.method, endpoint, status, milliseconds: Math.round(milliseconds) }
      // Whoever asked was gone before all of the answer was.
      logger[quiet ? 'debug' : 'info'](response.writableFinished ? about : { ...about, cut: true }, 'answered')
    })
    next()
  }
}
