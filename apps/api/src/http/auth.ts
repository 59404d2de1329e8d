import { findToken, type Token } from '@stacktach/runtime'
import { HttpError } from './httpError.ts'

/** Returns the accepted tokens; null: authentication is off. A function, because the tokens can change at any time. */
export type Tokens = () => readonly Token[] | null

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

/**
 * Authenticates a request. A token limited to tenants gives access to answers about one of these tenants only: all other
 * answers cover all tenants.
 *
 * @param authorization header of the request
 * @param tenant whose data is requested; undefined when it is the data of all tenants
 * @throws HttpError 401 without a valid token, 403 with a token that is limited to other tenants
 */
export function authenticate(tokens: Tokens, authorization: string | undefined, tenant: string | undefined): void {
  const accepted = tokens()
  if (accepted === null) return
  if (authorization === undefined) {
    throw new HttpError(401, 'A token is required: Authorization: Bearer <token>', challenge())
  }
  const [, value] = BEARER.exec(authorization) ?? []
  const token = value === undefined ? null : findToken(accepted, value)
  if (token === null) throw new HttpError(401, 'The token is invalid', challenge('invalid_token'))
  if (token.tenants === null) return
  if (tenant === undefined || !token.tenants.has(tenant)) {
    throw new HttpError(403, 'The token is limited to kpi/<tenant> of its own tenants')
  }
}

function challenge(error?: string): Record<string, string> {
  return { 'WWW-Authenticate': `Bearer realm="stacktach"${error === undefined ? '' : `, error="${error}"`}` }
}
