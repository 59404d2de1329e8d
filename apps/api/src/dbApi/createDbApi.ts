import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { authenticate, authorizeWrite, HttpError, mayRequest, type Tokens } from '@stacktach/http'
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
  const authorize = (request: Request) => authorizeWrite(tokens, request, 'confirm')
  addReadRoutes(router, db)
  addWriteRoutes(router, { confirmations, clock, authorize })
  router.use((request) => {
    throw new HttpError(404, `There is no endpoint at ${request.baseUrl}${request.path}`)
  })
  return router
}
