import { authenticate, HttpError, mayRequest, type Tokens } from '@stacktach/http'
import type { Request } from 'express'

/**
 * Who may read live notifications: clients with a token without limits, or a session of one, because the stream covers all
 * tenants.
 *
 * @returns a function that throws HttpError 401 or 403
 */
export function authorizeLive(tokens: Tokens): (request: Request) => void {
  return (request) => {
    if (!mayRequest(authenticate(tokens, request), 'all', {})) {
      throw new HttpError(403, 'The token is limited to tenants: live notifications are of all tenants')
    }
  }
}
