import { type Database, isRecoveryConflict } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import type { Logger } from '@stacktach/runtime'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import helmet from 'helmet'
import { endpoints, health } from './endpoints/index.ts'
import { authenticate, type Tokens } from './http/auth.ts'
import type { Endpoint } from './http/defineEndpoint.ts'
import { describeError } from './http/describeError.ts'
import { HttpError } from './http/httpError.ts'
import { limitRequestRate } from './http/rateLimit.ts'
import { type CompletedRequest, requestIdOf, requestLog, setEndpoint } from './http/requestLog.ts'
import { errorRows, send } from './http/send.ts'

export interface AppOptions {
  db: Database
  /** The time, in microseconds of unix time. */
  clock: () => Instant
  logger: Logger
  admission: Admission
  /** Told of every call once it is over. */
  onCall?: (call: CompletedRequest) => void
}

/** Who is let in, and how often. */
export interface Admission {
  tokens: Tokens
  /** Of one client; 0: as many as it likes. */
  requestsPerMinute: number
  /** Proxies before the api: the client is who the outermost of them was asked by. */
  proxies: number
}

/** The whole API as an Express application: every endpoint, and one table for whatever goes wrong. */
export function createApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  // Every parameter is one text: `a[b]=` is a name like any other, and a repeated one is seen as repeated.
  app.set('query parser', 'simple')
  app.set('trust proxy', options.admission.proxies)
  app.use(requestLog(options.logger, options.onCall ?? (() => {})))
  // Nothing that is answered here is a page.
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"] } } }))
  app.use(refuseUnreadable)
  for (const endpoint of health)
    app.all(
      `/${endpoint.path}`,
      answer(endpoint, options, () => {}, true),
    )
  if (options.admission.requestsPerMinute > 0) app.use(limitRequestRate(options.admission.requestsPerMinute))
  const { tokens } = options.admission
  const enter = ({ headers, params }: Request) => {
    const { tenant } = params
    authenticate(tokens, headers.authorization, typeof tenant === 'string' ? tenant : undefined)
  }
  for (const endpoint of endpoints) app.all(`/stacky/${endpoint.path}`, answer(endpoint, options, enter))
  app.use((request) => {
    enter(request)
    throw new HttpError(404, `There is nothing at ${request.path}`)
  })
  app.use(errorTable(options.logger))
  return app
}

/**
 * What a standby cut off to catch up with its primary is asked once more: what stood in the way is over by then, and nothing
 * has been sent yet.
 */
function answer(
  endpoint: Endpoint,
  { db, clock }: AppOptions,
  enter: (request: Request) => void,
  quiet = false,
): RequestHandler {
  return async (request, response) => {
    setEndpoint(response, endpoint.path, quiet)
    enter(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError(405, `${request.method} is not allowed here`, { Allow: 'GET, HEAD' })
    }
    const ask = () => endpoint.answer({ db, now: clock() }, request.params, request.query)
    send(response, 200, await ask().catch((error) => (isRecoveryConflict(error) ? ask() : Promise.reject(error))))
  }
}

/** Express decodes leniently what stands behind the question mark: `%zz` would pass as a text. */
const refuseUnreadable: RequestHandler = (request, _response, next) => {
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    throw new HttpError(400, 'The Host header is missing')
  }
  try {
    decodeURIComponent(request.originalUrl)
  } catch {
    throw new HttpError(400, 'The URL is not properly percent-encoded UTF-8')
  }
  next()
}

function errorTable(logger: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const { status, message, headers } = describeError(error)
    const { method, originalUrl, ip } = request
    const requestId = requestIdOf(response)
    // A search can hold a long text.
    const about = { requestId, method, url: originalUrl.slice(0, 500), status }
    if (status === 401 || status === 403) logger.info({ ...about, ip }, 'refused')
    if (status >= 500) {
      if (status === 500) logger.error({ err: error, ...about }, 'request failed')
      else logger.warn({ ...about, reason: message, cause: String(error) }, 'request could not be answered')
    }
    send(response, status, errorRows(status, message), headers)
  }
}
