import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { authenticate, HttpError, mayRequest, type Tokens } from '@stacktach/http'
import { type Request, Router } from 'express'
import { addReadRoutes } from './readRoutes.ts'
import { addWriteRoutes, type ConfirmationDatabase } from './writeRoutes.ts'

interface DbApiOptions {
  db: Database
  confirmations: ConfirmationDatabase | null
  clock: () => Instant
  tokens: Tokens
}

/**
 * StackTach's `/db`, with which billing systems read usage and confirm it. A token that is limited to tenants gets nothing
 * of it; writing needs the scope `confirm`.
 */
export function createDbApi({ db, confirmations, clock, tokens }: DbApiOptions): Router {
  const router = Router({ caseSensitive: true })
  router.use((request, _response, next) => {
    if (!mayRequest(authenticate(tokens, request), 'all', {})) {
      throw new HttpError(403, 'The token is limited to its own tenants')
    }
    next()
  })
  const authorize = (request: Request) => {
    const { scopes, hasSession } = authenticate(tokens, request)
    // A browser sends the header with every write, and the cookie of a session also for a page of another site.
    if (hasSession || request.headers.origin !== undefined) throw new HttpError(403, 'A web page must not write here')
    if (!scopes.has('confirm')) throw new HttpError(403, 'The token lacks the scope confirm')
  }
  addReadRoutes(router, db)
  addWriteRoutes(router, { confirmations, clock, authorize })
  router.use((request) => {
    throw new HttpError(404, `There is no endpoint at ${request.baseUrl}${request.path}`)
  })
  return router
}
