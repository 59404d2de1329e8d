import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type Component, explainListening, type Logger } from '@stacktach/runtime'
import type { Express } from 'express'
import { handleClientErrors } from './clientErrors.ts'

interface Options {
  host: string
  /** 0: any free one. */
  port: number
  /** PEM; without it the server speaks plain HTTP. */
  tls?: { cert: Buffer; key: Buffer }
  /** Milliseconds; what is not given has its default. */
  patience?: Partial<Patience>
  logger: Logger
}

/** How long slow clients are borne with, in milliseconds. */
interface Patience {
  /** Until the headers are there. */
  headers: number
  /** Until the request is there. */
  request: number
  /** While nothing goes over the connection, be it that the client does not read what it asked for. */
  idle: number
  /** Until what is in hand when the server stops is cut off. */
  stop: number
}

const standard: Patience = { headers: 10_000, request: 20_000, idle: 60_000, stop: 5_000 }

/** Answers on the host and port. Stops by taking no more, and ending once what is in hand is answered. */
export async function startServer(app: Express, options: Options): Promise<Component<string>> {
  const { host, port, tls, logger } = options
  const patience = { ...standard, ...options.patience }
  const settings: ServerOptions = {
    headersTimeout: patience.headers,
    requestTimeout: patience.request,
    connectionsCheckingInterval: Math.min(1_000, patience.headers),
    // The application says it in its own way.
    requireHostHeader: false,
  }
  const server = tls ? createSecureServer({ ...settings, ...tls }, app) : createServer(settings, app)
  server.timeout = patience.idle
  handleClientErrors(server)
  const inHand = countRequests(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, 'API', host, port)))
    server.listen(port, host, resolve)
  })
  const url = urlOf(tls ? 'https' : 'http', server.address())
  logger.info({ url }, 'listening')
  return {
    value: url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await Promise.race([inHand.none(), new Promise((resolve) => setTimeout(resolve, patience.stop).unref())])
      // What is left is kept alive, has not sent a whole request yet, or does not read its answer.
      server.closeAllConnections()
      await closed
    },
  }
}

function countRequests(server: Server) {
  let count = 0
  let whenNone = () => {}
  server.prependListener('request', (_request, response) => {
    count++
    response.once('close', () => {
      count--
      if (count === 0) whenNone()
    })
  })
  return {
    none: () =>
      new Promise<void>((resolve) => {
        whenNone = resolve
        if (count === 0) resolve()
      }),
  }
}

function urlOf(protocol: string, address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address)
  return `${protocol}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
