import { HttpError, sessionCookie, type Tokens } from '@stacktach/http'
import { findToken } from '@stacktach/runtime'
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { isSameOrigin } from './isSameOrigin.ts'
import { safeNext } from './safeNext.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/

/** Tokens of the token file's form, and others without blanks, quotes and separators, fit into a cookie unchanged. */
const form = z.object({
  token: z.string().regex(/^[\w.~+/=-]{1,500}$/),
  next: z.unknown(),
})

/**
 * `POST /sign-in` takes a token and stores it in a session cookie; `POST /sign-out` removes the cookie. A form of another
 * site is refused.
 */
export function signInRouter(tokens: Tokens): Router {
  const router = Router({ caseSensitive: true })
  const readForm = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 })
  router.post('/sign-in', readForm, (request, response) => {
    requireSameOrigin(request)
    const accepted = tokens()
    const next = safeNext(request.body?.next)
    if (accepted === null) return response.redirect(303, next)
    if (!request.secure && !LOOPBACK.test(request.hostname)) {
      throw new HttpError(
        403,
        'Signing in needs HTTPS: set API_TLS_CERT and API_TLS_KEY, or API_TRUST_PROXY behind a proxy',
      )
    }
    const { success, data } = form.safeParse(request.body ?? {})
    if (!success || findToken(accepted, data.token) === null) {
      response.locals.signIn = { next, problem: 'The token is invalid' }
      throw new HttpError(401, 'The token is invalid')
    }
    setSession(request, response, data.token)
    response.redirect(303, next)
  })
  router.post('/sign-out', (request, response) => {
    requireSameOrigin(request)
    setSession(request, response, null)
    response.redirect(303, '/')
  })
  router.all(['/sign-in', '/sign-out'], (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError(405, `${request.method} is not allowed here`, { Allow: 'GET, HEAD, POST' })
    }
    response.redirect(303, '/')
  })
  return router
}

function requireSameOrigin(request: Request): void {
  if (!isSameOrigin(request.headers)) throw new HttpError(403, 'The form was not sent by a page of this server')
}

/** Sets the session cookie, which the browser keeps until it is closed; null removes it. */
function setSession({ secure }: Request, response: Response, token: string | null): void {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', ...(secure ? ['Secure'] : [])]
  const lifetime = token === null ? ['Max-Age=0'] : []
  response.set({
    'Set-Cookie': [`${sessionCookie(secure)}=${token ?? ''}`, ...attributes, ...lifetime].join('; '),
    'Cache-Control': 'no-store',
  })
}
