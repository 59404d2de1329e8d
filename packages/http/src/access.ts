import { findToken, type Token, type TokenScope } from '@stacktach/runtime'
import { HttpError } from './httpError.ts'

/** Returns the accepted tokens; null: authentication is off. A function, because the tokens can change at any time. */
export type Tokens = () => readonly Token[] | null

/** A client whose token, if one is needed, is valid. */
export interface Viewer {
  /** The tenants that it is limited to; null: no limit. */
  tenants: ReadonlySet<string> | null
  /** Whether it signed in with a form, so that it can sign out. */
  hasSession: boolean
}

/** What one answer covers: everything, or only what belongs to tenants. */
export type Access = 'all' | 'tenant'

/**
 * Name of the session cookie, whose value is the token. Browsers accept the prefix `__Host-` only over TLS, with Secure, and
 * for all paths. A session over plain HTTP is for loopback only.
 */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-stacktach' : 'stacktach'
}

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

/** What authentication reads of a request of Express. */
interface Credentials {
  headers: { authorization?: string | undefined; cookie?: string | undefined }
  /** Whether it arrived over TLS, at a trusted proxy or here. */
  secure: boolean
}

/** What the check of a write reads of a request of Express. */
interface WriteCredentials {
  headers: { authorization?: string | undefined; origin?: string | undefined }
}

/**
 * Authenticates a request by its Authorization header, or without one by its session cookie. The token is checked for
 * every request, so that the removal of a token ends its sessions.
 *
 * @throws HttpError 401 without a valid token
 */
export function authenticate(tokens: Tokens, { headers, secure }: Credentials): Viewer {
  const accepted = tokens()
  if (accepted === null) return { tenants: null, hasSession: false }
  const { authorization } = headers
  const session = authorization === undefined ? sessionToken(headers.cookie, sessionCookie(secure)) : undefined
  if (authorization === undefined && session === undefined) {
    throw new HttpError(401, 'A token is required: Authorization: Bearer <token>', challenge())
  }
  const value = session ?? BEARER.exec(authorization ?? '')?.[1]
  const token = value === undefined ? null : findToken(accepted, value)
  if (token === null) throw new HttpError(401, 'The token is invalid', challenge('invalid_token'))
  return { tenants: token.tenants, hasSession: session !== undefined }
}

/**
 * Whether a viewer may request an answer. A viewer limited to tenants has access only to answers of access `tenant`, and
 * with a tenant in the parameters only to its own. For other answers of this access (an instance, a request) the query is
 * limited to the viewer's tenants.
 *
 * @param params of the path
 */
export function mayRequest({ tenants }: Viewer, access: Access, params: Readonly<Record<string, unknown>>): boolean {
  if (tenants === null) return true
  if (access === 'all') return false
  const { tenant } = params
  return tenant === undefined || (typeof tenant === 'string' && tenants.has(tenant))
}

/**
 * Checks that a request may write. A browser sends a session's cookie, or no token where none is needed, also for a page
 * of another site: requests of pages must not write.
 *
 * @throws HttpError 401 without a valid token in the Authorization header, 403 without the scope or from a page
 */
export function authorizeWrite(tokens: Tokens, { headers }: WriteCredentials, scope: TokenScope): void {
  if (headers.origin !== undefined) throw new HttpError(403, 'A web page must not write here')
  const accepted = tokens()
  if (accepted === null) return
  // Without the cookie, `authenticate` reads the header only.
  authenticate(tokens, { headers: { authorization: headers.authorization }, secure: false })
  const token = findToken(accepted, BEARER.exec(headers.authorization ?? '')?.[1] ?? '')
  if (!token?.scopes.has(scope)) throw new HttpError(403, `The token lacks the scope ${scope}`)
}

function sessionToken(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const separator = part.indexOf('=')
    if (separator > 0 && part.slice(0, separator).trim() === name) return part.slice(separator + 1).trim()
  }
  return undefined
}

function challenge(error?: string): Record<string, string> {
  return { 'WWW-Authenticate': `Bearer realm="stacktach"${error === undefined ? '' : `, error="${error}"`}` }
}
