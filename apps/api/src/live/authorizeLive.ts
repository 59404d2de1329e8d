import type { Request } from 'express'
import { authenticate, type Tokens } from '../http/auth.ts'

/**
 * Who may read live notifications: the same clients as all of /stacky, because the stream covers all tenants.
 *
 * @returns a function that throws HttpError 401 or 403
 */
export function authorizeLive(tokens: Tokens): (request: Request) => void {
  return ({ headers }) => authenticate(tokens, headers.authorization, undefined)
}
