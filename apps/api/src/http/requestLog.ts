import { randomUUID } from 'node:crypto'
import type { Logger } from '@stacktach/runtime'
import type { RequestHandler, Response } from 'express'

/** A request whose response is complete, or whose client has disconnected. */
export interface CompletedRequest {
  /** Path of the endpoint in Express's syntax; null: no such endpoint, or rejected before routing. */
  endpoint: string | null
  status: number
  milliseconds: number
  /** Whether the response was a stream, which lasts as long as the client wants. */
  isStream: boolean
}

/** What the middleware stores about a request, in `response.locals`. */
interface Locals {
  requestId?: string
  endpoint?: RoutedEndpoint
}

interface RoutedEndpoint {
  path: string
  /** Health checks are so frequent that their requests are logged at `debug`. */
  quiet: boolean
  isStream?: boolean
}

const REQUEST_ID_HEADER = 'X-Request-Id'

/** Accepted ids of a proxy. Other characters could be misread in a log, so such an id is replaced. */
const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/

/** Status in the log and the metrics when the client disconnected before the response began; nginx uses the same. */
const CLIENT_CLOSED_REQUEST = 499

/** Records which endpoint handles the request, for the log and the metrics. */
export function setEndpoint(response: Response, endpoint: RoutedEndpoint): void {
  localsOf(response).endpoint = endpoint
}

/** The id of the request of a response. */
export function requestIdOf(response: Response): string {
  return localsOf(response).requestId ?? ''
}

/**
 * Gives every request an id, which the response carries, and logs one line when it is complete. Headers are never logged,
 * because one of them contains the token.
 *
 * @param onCompleted called for every request
 */
export function requestLog(logger: Logger, onCompleted: (request: CompletedRequest) => void): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    const clientId = request.headers['x-request-id']
    const requestId = typeof clientId === 'string' && REQUEST_ID.test(clientId) ? clientId : randomUUID()
    localsOf(response).requestId = requestId
    response.setHeader(REQUEST_ID_HEADER, requestId)
    response.once('close', () => {
      const { path: endpoint = null, quiet = false, isStream = false } = localsOf(response).endpoint ?? {}
      const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST
      const milliseconds = performance.now() - startedAt
      onCompleted({ endpoint, status, milliseconds, isStream: isStream && status === 200 })
      const fields = { requestId, method: request.method, endpoint, status, milliseconds: Math.round(milliseconds) }
      // Aborted: the client disconnected before the response was complete.
      logger[quiet ? 'debug' : 'info'](response.writableFinished ? fields : { ...fields, aborted: true }, 'answered')
    })
    next()
  }
}

function localsOf(response: Response): Locals {
  return response.locals
}
