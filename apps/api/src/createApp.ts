import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { authenticate, describeError, HttpError, mayRequest, repeatOnConflict, type Tokens } from '@stacktach/http'
import type { Logger } from '@stacktach/runtime'
import { createPages, type Pages } from '@stacktach/web'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import helmet from 'helmet'
import { sendDbAnswer } from './dbApi/answer.ts'
import { createDbApi } from './dbApi/createDbApi.ts'
import type { ConfirmationDatabase } from './dbApi/writeRoutes.ts'
import { endpoints, health } from './endpoints/index.ts'
import type { Endpoint } from './http/defineEndpoint.ts'
import { limitRequestRate } from './http/rateLimit.ts'
import { type CompletedRequest, requestIdOf, requestLog, setEndpoint } from './http/requestLog.ts'
import { errorRows, send } from './http/send.ts'
import { openApi } from './openapi/openApi.ts'
import { createV1, isV1 } from './v1/createV1.ts'
import { sendProblem } from './v1/problem.ts'

export interface AppOptions {
  db: Database
  /** The database for what billing systems write; null: they cannot write. */
  confirmations?: ConfirmationDatabase | null
  /** The current time, in microseconds of unix time. */
  clock: () => Instant
  logger: Logger
  admission: Admission
  /** Answers /v1/live. */
  live: RequestHandler
  /** Called for every completed request. */
  onCompleted?: (request: CompletedRequest) => void
}

/** Which clients have access, and how often. */
export interface Admission {
  tokens: Tokens
  /** Per client; 0: unlimited. */
  requestsPerMinute: number
  /** Number of reverse proxies in front of the api: the client's address is the one that the outermost proxy saw. */
  proxies: number
}

/** Long enough for every URL except a search for a long text. */
const MAX_LOGGED_URL_CHARACTERS = 500

/** Paths of StackTach's interface, whose errors are tables. Those of /v1 are problems; all other paths are pages. */
const STACKY_PATH = /^\/(?:stacky|healthz|readyz)(?:\/|$)/

/** Paths of StackTach's `/db`, whose errors are objects. */
const DB_API_PATH = /^\/db(?:\/|$)/

/** The API and the pages as an Express application. An error is a table, an object, a problem or a page, too. */
export function createApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  // `a[b]=` is a plain name, and a repeated parameter is an array.
  app.set('query parser', 'simple')
  app.set('trust proxy', options.admission.proxies)
  app.use(requestLog(options.logger, options.onCompleted ?? (() => {})))
  // Pages replace the policy by their own.
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"] } } }))
  app.use(rejectMalformed)
  for (const endpoint of health)
    app.all(
      `/${endpoint.path}`,
      handle(endpoint, options, () => {}, true),
    )
  if (options.admission.requestsPerMinute > 0) app.use(limitRequestRate(options.admission.requestsPerMinute))
  const { tokens } = options.admission
  const authorize = (request: Request) => {
    const viewer = authenticate(tokens, request)
    if (!mayRequest(viewer, request.params.tenant === undefined ? 'all' : 'tenant', request.params)) {
      throw new HttpError(403, 'The token is limited to kpi/<tenant> of its own tenants')
    }
  }
  app.all('/v1/live', options.live)
  for (const endpoint of endpoints) app.all(`/stacky/${endpoint.path}`, handle(endpoint, options, authorize))
  app.use('/db', createDbApi({ confirmations: null, ...options, tokens }))
  app.use((request, _response, next) => {
    if (!STACKY_PATH.test(request.path)) return next()
    authorize(request)
    throw new HttpError(404, `There is no endpoint at ${request.path}`)
  })
  app.use(createV1({ db: options.db, clock: options.clock, tokens, openApi }))
  const pages = createPages({
    db: options.db,
    clock: options.clock,
    tokens,
    apiDocument: openApi,
    onRouted: (response, path) => setEndpoint(response, { path, quiet: false }),
  })
  app.use(pages.router)
  app.use(sendErrors(options.logger, pages))
  return app
}

/** Handles requests to an endpoint. */
function handle(
  endpoint: Endpoint,
  { db, clock }: AppOptions,
  authorize: (request: Request) => void,
  quiet = false,
): RequestHandler {
  return async (request, response) => {
    setEndpoint(response, { path: endpoint.path, quiet })
    authorize(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError(405, `${request.method} is not allowed here`, { Allow: 'GET, HEAD' })
    }
    const answer = () => endpoint.answer({ db, now: clock() }, request.params, request.query)
    send(response, 200, await repeatOnConflict(answer))
  }
}

/** Rejects a missing Host header, and invalid percent-encoding: Express would pass `%zz` in a query on as text. */
const rejectMalformed: RequestHandler = (request, _response, next) => {
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

function sendErrors(logger: Logger, pages: Pages): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const described = describeError(error)
    const { status, message, headers } = described
    const { method, originalUrl, ip } = request
    const url = originalUrl.slice(0, MAX_LOGGED_URL_CHARACTERS)
    const fields = { requestId: requestIdOf(response), method, url, status }
    if (status === 401 || status === 403) logger.info({ ...fields, ip }, 'access denied')
    if (status === 500) logger.error({ err: error, ...fields }, 'request failed')
    if (status > 500) logger.warn({ ...fields, reason: message, cause: String(error) }, 'request could not be answered')
    // A stream that failed: its connection is broken.
    if (response.headersSent) return
    if (STACKY_PATH.test(request.path)) send(response, status, errorRows(status, message), headers)
    else if (DB_API_PATH.test(request.path)) sendDbAnswer(response, status, { message, status }, headers)
    else if (isV1(request.path)) sendProblem(response, described)
    else pages.sendError(request, response, described)
  }
}
