import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { createServer as createSecureServer, request as secureRequest } from 'node:https'
import type { Database } from '@stacktach/db'
import { describeError, type Tokens } from '@stacktach/http'
import { testCertificate } from '@stacktach/testing'
import express, { type ErrorRequestHandler } from 'express'
import { createPages } from '../http/createPages.ts'
import { API_DOCUMENT } from './apiDocument.ts'
import { NOW } from './fillDatabase.ts'

export interface PageReply {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface PageServer {
  origin: string
  /** Requests a path without following redirects. A body is sent as a form. */
  request(path: string, options?: RequestOptions): Promise<PageReply>
  stop(): Promise<void>
}

interface RequestOptions {
  method?: string
  headers?: OutgoingHttpHeaders
  form?: Record<string, string>
}

/** Starts the pages on a free port, with a fixed clock. */
export async function startPages(
  db: Database,
  { tokens = () => null, tls = false }: { tokens?: Tokens; tls?: boolean } = {},
): Promise<PageServer> {
  const app = express()
  app.set('query parser', 'simple')
  const pages = createPages({ db, clock: () => NOW, tokens, apiDocument: () => API_DOCUMENT })
  const sendErrors: ErrorRequestHandler = (error, request, response, _next) => {
    pages.sendError(request, response, describeError(error))
  }
  app.use(pages.router, sendErrors)
  const server = tls
    ? createSecureServer({ cert: readFileSync(testCertificate.cert), key: readFileSync(testCertificate.key) }, app)
    : createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`
  return {
    origin,
    request: (path, options = {}) => sendRequest(`${origin}${path}`, options),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendRequest(url: string, { method = 'GET', headers = {}, form }: RequestOptions): Promise<PageReply> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  const contentType = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const options = { method, headers: { ...contentType, ...headers }, agent: false, rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const sent = (url.startsWith('https:') ? secureRequest : request)(url, options, (response) => {
      const { statusCode: status = 0, headers } = response
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status, headers, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
