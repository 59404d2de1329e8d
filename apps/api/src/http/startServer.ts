import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type Component, type Logger, listenOn, settleWithin, urlOf } from '@stacktach/runtime'
import type { Express } from 'express'
import { handleClientErrors } from './clientErrors.ts'

interface Options {
  host: string
  /** 0: any free port. */
  port: number
  /** PEM; without it the server speaks plain HTTP. */
  tls?: { cert: Buffer; key: Buffer }
  /** Overrides the defaults. */
  timeouts?: Partial<Timeouts>
  /** Called when the server stops, before it waits for pending requests: ends those that never end otherwise. */
  beforeStop?: () => void
  logger: Logger
}

/** Timeouts for slow clients, in milliseconds. */
interface Timeouts {
  /** Of receiving the headers. */
  headers: number
  /** Of receiving the whole request. */
  request: number
  /** Of a connection without traffic, also when the client does not read the response. */
  idle: number
  /** Of pending requests when the server stops. */
  stop: number
}

const DEFAULT_TIMEOUTS: Timeouts = { headers: 10_000, request: 20_000, idle: 60_000, stop: 5_000 }

/**
 * Serves the application on a host and port. The stop closes the port, waits for pending requests, and closes all
 * connections.
 *
 * @returns the URL
 * @throws Error naming the variable when the port cannot be opened
 */
export async function startServer(app: Express, options: Options): Promise<Component<string>> {
  const { host, port, tls, logger } = options
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  const settings: ServerOptions = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    connectionsCheckingInterval: Math.min(1_000, timeouts.headers),
    // The application checks the header and answers with an error table.
    requireHostHeader: false,
  }
  const server = tls ? createSecureServer({ ...settings, ...tls }, app) : createServer(settings, app)
  server.timeout = timeouts.idle
  handleClientErrors(server)
  const pending = countRequests(server)
  await listenOn(server, 'API', host, port)
  const url = urlOf(tls ? 'https' : 'http', server.address())
  logger.info({ url }, 'listening')
  return {
    value: url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      options.beforeStop?.()
      await settleWithin(pending.none(), timeouts.stop)
      // The rest are keep-alive connections, incomplete requests, and clients that do not read their response.
      server.closeAllConnections()
      await closed
    },
  }
}

/** Counts pending requests. `none` resolves when there are none. */
function countRequests(server: Server): { none(): Promise<void> } {
  let count = 0
  let onNone = () => {}
  server.prependListener('request', (_request, response) => {
    count++
    response.once('close', () => {
      count--
      if (count === 0) onNone()
    })
  })
  return {
    none: () =>
      new Promise<void>((resolve) => {
        onNone = resolve
        if (count === 0) resolve()
      }),
  }
}
