import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { authenticate, HttpError, mayRequest, repeatOnConflict, type Tokens, type Viewer } from '@stacktach/http'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { assetsByPath } from '../page/assets.ts'
import { type PageContext, Redirect } from '../page/definePage.ts'
import { apiPage } from '../pages/api.tsx'
import { downloads, pages } from '../pages/index.ts'
import { type TimesMode, timesModes, type View } from '../view/view.ts'
import { sendHtml } from './headers.ts'
import { ownUrl } from './ownUrl.ts'
import { renderError, renderPage, renderSignIn } from './render.tsx'
import { sendDownload } from './sendDownload.ts'
import { signInRouter } from './signIn.ts'

export interface PagesOptions {
  db: Database
  /** The current time, in microseconds of unix time. */
  clock: () => Instant
  tokens: Tokens
  /** The OpenAPI document, as JSON text. Without it there is no page about the API. */
  apiDocument?: () => string
  /** Called with the page's path, in Express's syntax, when a request is routed; for the log and the metrics. */
  onRouted?: (response: Response, path: string) => void
}

export interface Pages {
  /** Answers every request that reaches it; errors go to the application's error handler. */
  router: Router
  /** Sends an error as a page; 401 as the form to sign in. */
  sendError(request: Request, response: Response, error: HttpError): void
}

/** The pages as an Express router: the table of pages, their assets, and signing in and out. */
export function createPages(options: PagesOptions): Pages {
  const { clock, tokens, onRouted = () => {} } = options
  const router = Router({ caseSensitive: true })
  const shown = options.apiDocument === undefined ? pages.filter((page) => page !== apiPage) : pages
  const viewOf = (request: Request, viewer: Viewer): View => ({
    now: clock(),
    times: timesOf(request),
    viewer,
    url: ownUrl(request.originalUrl),
    navigation: shown.flatMap(({ navigation, path, access }) =>
      navigation === null || !mayRequest(viewer, access, {}) ? [] : [{ label: navigation, href: path }],
    ),
  })

  const sendError: Pages['sendError'] = (request, response, { status, message, headers }) => {
    if (status === 401) {
      // A browser sends no SameSite cookie after a link of another site, but does when the page itself reloads.
      const isLinked = ['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site']))
      const reload = isLinked && request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate'
      const { next, problem } = signInFormOf(request, response)
      const html = renderSignIn(viewOf(request, ANONYMOUS), next, problem, reload)
      return sendHtml(response, status, html, headers)
    }
    const viewer = viewerOf(tokens, request)
    const html = renderError(viewOf(request, viewer ?? ANONYMOUS), viewer !== null, status, message)
    sendHtml(response, status, html, headers)
  }

  const contextOf = (request: Request, viewer: Viewer): PageContext => ({
    db: options.db,
    now: clock(),
    tenants: viewer.tenants === null ? null : [...viewer.tenants],
    url: ownUrl(request.originalUrl),
    apiDocument: options.apiDocument ?? null,
  })

  router.use(serveAssets)
  router.use(signInRouter(tokens))
  for (const download of downloads) {
    router.all(download.path, async (request, response) => {
      onRouted(response, download.path)
      const viewer = authenticate(tokens, request)
      requireGet(request)
      if (!mayRequest(viewer, download.access, request.params)) throw new HttpError(403, FORBIDDEN)
      const opened = download.open(contextOf(request, viewer), request.params, request.query)
      await sendDownload(response, opened, request.method === 'GET')
    })
  }
  for (const page of shown) {
    router.all(page.path, async (request, response) => {
      onRouted(response, page.path)
      const viewer = authenticate(tokens, request)
      requireGet(request)
      if (!mayRequest(viewer, page.access, request.params)) {
        if (page.path === '/') return response.redirect(303, startOf(viewer))
        throw new HttpError(403, FORBIDDEN)
      }
      const context = contextOf(request, viewer)
      const opened = await repeatOnConflict(() => page.open(context, request.params, request.query))
      if (opened instanceof Redirect) return response.set('Cache-Control', 'no-store').redirect(303, opened.to)
      sendHtml(response, 200, renderPage(viewOf(request, viewer), page, opened))
    })
  }
  router.use((request) => {
    authenticate(tokens, request)
    throw new HttpError(404, `There is no page at ${request.path}`)
  })
  return { router, sendError }
}

const FORBIDDEN = 'The token is limited to the instances, requests and usage of its own tenants'

const ANONYMOUS: Viewer = { tenants: new Set(), hasSession: false }

/** Who sent the request; null without a valid token. */
function viewerOf(tokens: Tokens, request: Request): Viewer | null {
  try {
    return authenticate(tokens, request)
  } catch {
    return null
  }
}

/** What the form to sign in shows: a rejected form again, or a form for the requested page. */
function signInFormOf(
  { method, originalUrl }: Request,
  { locals }: Response,
): { next: string; problem: string | null } {
  if (locals.signIn !== undefined) return locals.signIn
  return { next: method === 'GET' ? originalUrl : '/', problem: null }
}

function timesOf({ query }: Request): TimesMode {
  return timesModes.find((mode) => mode === query.times) ?? 'utc'
}

/** The start page of a viewer who is limited to tenants. */
function startOf({ tenants }: Viewer): string {
  const [tenant = ''] = tenants ?? []
  return `/usage/${encodeURIComponent(tenant)}`
}

function requireGet({ method }: Request): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpError(405, `${method} is not allowed here`, { Allow: 'GET, HEAD' })
  }
}

/** Sends assets, without a token: the form to sign in needs them. Their names change with their content. */
const serveAssets: RequestHandler = (request, response, next) => {
  const asset = assetsByPath.get(request.path)
  if (asset === undefined) return next()
  requireGet(request)
  const isCompressed = request.acceptsEncodings('gzip') === 'gzip'
  const body = isCompressed ? asset.gzip : asset.content
  response
    .status(200)
    .set({
      'Content-Type': asset.type,
      'Content-Length': String(body.length),
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept-Encoding',
      ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    })
    .end(body)
}
