import { type ArrivalPosition, type Database, parsePosition } from '@stacktach/db'
import { decode, HttpError } from '@stacktach/http'
import type { Logger } from '@stacktach/runtime'
import type { Request, RequestHandler } from 'express'
import { setEndpoint } from '../http/requestLog.ts'
import { liveParameters } from './filter.ts'
import { HEARTBEAT_INTERVAL_MS, LiveHub } from './hub.ts'
import { LiveClient } from './liveClient.ts'
import type { LiveMetrics } from './liveMetrics.ts'

export interface LiveOptions {
  db: Database
  logger: Logger
  metrics: LiveMetrics
  maxClients: number
  /** Throws an HttpError if the request has no access to the notifications of all tenants; called again and again. */
  authorize(request: Request): void
  /** Default HEARTBEAT_INTERVAL_MS. */
  heartbeatMs?: number
}

/** The endpoint of live notifications. */
export interface Live {
  /** Answers GET /v1/live with Server-Sent Events. */
  handler: RequestHandler
  /** Ends all connections and refuses new ones. */
  end(): void
}

/** Clients connect again after a random time in this range, so that those of a stopped process do not come all at once. */
const RECONNECT_MS = { min: 1_000, max: 3_000 }

/** When a client that was refused may try again. */
const RETRY_AFTER_SECONDS = { full: '30', stopping: '2' }

export function createLive({ db, logger, metrics, maxClients, authorize, heartbeatMs }: LiveOptions): Live {
  const hub = new LiveHub(db, logger, metrics, heartbeatMs ?? HEARTBEAT_INTERVAL_MS)
  let stopping = false

  const handler: RequestHandler = (request, response) => {
    setEndpoint(response, { path: 'v1/live', quiet: false, isStream: true })
    authorize(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError(405, `${request.method} is not allowed here`, { Allow: 'GET, HEAD' })
    }
    const { after, ...filter } = decode(liveParameters, request.params, request.query)
    const position = positionOf(request, after)
    if (stopping) {
      throw new HttpError(503, 'The api is stopping: retry', { 'Retry-After': RETRY_AFTER_SECONDS.stopping })
    }
    if (hub.size >= maxClients && request.method === 'GET') {
      throw new HttpError(503, `The api has its maximum of ${maxClients} live clients: retry later`, {
        'Retry-After': RETRY_AFTER_SECONDS.full,
      })
    }
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // A reverse proxy would collect events before it passes them on.
      'X-Accel-Buffering': 'no',
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    // The hub disconnects clients that do not read; the server would disconnect them when nothing happens.
    request.socket.setTimeout(0)
    response.write(`retry: ${Math.round(RECONNECT_MS.min + Math.random() * (RECONNECT_MS.max - RECONNECT_MS.min))}\n\n`)
    const client = new LiveClient({
      response,
      filter,
      after: position,
      authorize: () => authorize(request),
      onDelivered: metrics.delivered,
    })
    response.once('close', () => hub.remove(client))
    hub.add(client)
  }

  return {
    handler,
    end() {
      stopping = true
      hub.end()
    },
  }
}

/**
 * Where the client continues; null: with the next notification. The header is that of a client that connects again.
 *
 * @throws HttpError 400 for an id that is not ours
 */
function positionOf(request: Request, after: string | undefined): ArrivalPosition | null {
  const id = request.get('Last-Event-ID') || after
  if (id === undefined) return null
  const position = parsePosition(id)
  if (position === null) throw new HttpError(400, `${JSON.stringify(id)} is not the id of an event of this stream`)
  return position
}
