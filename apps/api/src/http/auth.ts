import { findToken, type Token } from '@stacktach/runtime'
import { HttpError } from './httpError.ts'

/** Tokens that let a client in; null lets everybody in. A function, since they may be changed at any moment. */
export type Tokens = () => readonly Token[] | null

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

/**
 * Lets a request pass or not. A token that is limited to tenants opens what is of these tenants alone: every other answer tells
 * of all of them.
 *
 * @param authorization the request's header
 * @param tenant of whom the answer would be; undefined when it is of more than one
 * @throws HttpError 401 without a token that is known, 403 with one that does not open this
 */
export function authenticate(tokens: Tokens, authorization: string | undefined, tenant: string | undefined): void {
  const known = tokens()
  if (known === null) return
  if (authorization === undefined) {
    throw new HttpError(401, 'A token is needed: Authorization: Bearer <token>', challenge())
  }
  const [, shown] = BEARER.exec(authorization) ?? []
  const token = shown === undefined ? null : findToken(known, shown)
  if (token === null) throw new HttpError(401, 'The token is not known', challenge('invalid_token'))
  if (token.tenants === null) return
  if (tenant === undefined || !token.tenants.has(tenant)) {
    throw new HttpError(403, 'The token does not open this: it is limited to kpi/<tenant> of its own tenants')
  }
}

function challenge(error?: string): Record<string, string> {
  return { 'WWW-Authenticate': `Bearer realm="stacktach"${error === undefined ? '' : `, error="${error}"`}` }
}
