import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { authenticate, HttpError, mayRequest, repeatOnConflict, type Tokens } from '@stacktach/http'
import express, { type Request, type RequestHandler, type Router } from 'express'
import { setEndpoint } from '../http/requestLog.ts'
import type { Resource } from './defineResource.ts'
import { resources } from './index.ts'
import { sendJson } from './problem.ts'
import { sendCsv } from './sendCsv.ts'

interface Options {
  db: Database
  clock: () => Instant
  tokens: Tokens
  /** Returns the OpenAPI document. */
  openApi: () => string
}

const V1_PATH = /^\/(?:v1(?:\/|$)|openapi\.json\/?$)/

/** Whether a path is answered by createV1, so that its errors are problems. */
export function isV1(path: string): boolean {
  return V1_PATH.test(path)
}

/** The resources of /v1, and their description. Errors are left to the error handler of the application. */
export function createV1({ db, clock, tokens, openApi }: Options): Router {
  const router = express.Router({ caseSensitive: true })
  for (const resource of resources) router.all(`/v1/${resource.path}`, handle(resource))
  router.all('/openapi.json', (request, response) => {
    setEndpoint(response, { path: 'openapi.json', quiet: false })
    authenticate(tokens, request)
    allowReadOnly(request.method)
    sendJson(response, 200, 'application/json', openApi())
  })
  router.use((request, _response, next) => {
    if (!isV1(request.path)) return next()
    authenticate(tokens, request)
    throw new HttpError(404, `There is no resource at ${request.path}`)
  })
  return router

  function handle(resource: Resource): RequestHandler {
    return async (request, response) => {
      setEndpoint(response, { path: `v1/${resource.path}`, quiet: false })
      const viewer = authenticate(tokens, request)
      allowReadOnly(request.method)
      if (!mayRequest(viewer, resource.access, request.params)) {
        throw new HttpError(403, 'The token is limited to the instances, requests and usage of its own tenants')
      }
      const context = { db, now: clock(), tenants: viewer.tenants }
      if (resource.csv !== undefined && wantsCsv(request)) {
        await sendCsv(response, request.method === 'HEAD', resource.csv(context, request.params, request.query))
        return
      }
      const body = await repeatOnConflict(() => resource.load(context, request.params, request.query))
      sendJson(response, 200, 'application/json', body)
    }
  }
}

/** The parameter `format` counts, and without it the header Accept. */
function wantsCsv(request: Request): boolean {
  const { format } = request.query
  return format === 'csv' || (format === undefined && request.accepts(['application/json', 'text/csv']) === 'text/csv')
}

/** @throws HttpError 405 for methods other than GET and HEAD */
function allowReadOnly(method: string): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpError(405, `${method} is not allowed here`, { Allow: 'GET, HEAD' })
  }
}
