import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isLoopback } from '../config/isLoopback.ts'
import { logLevels } from '../config/variables.ts'
import type { Component } from '../lifecycle.ts'
import { listenOn, urlOf } from '../listening.ts'
import { type Logger, setLevel } from '../logger.ts'
import { settleWithin } from '../withTimeout.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsOptions {
  config: { METRICS_HOST: string; METRICS_PORT?: number | undefined }
  metrics: Metrics
  /** The reasons why the process is not ready, one line each; none: it is ready. */
  notReadyReasons(): Promise<string[]>
  logger: Logger
}

/** Timeout of receiving a request, and of the readiness check. */
const REQUEST_TIMEOUT_MS = 5_000

const MAX_BODY_CHARACTERS = 100

interface Reply {
  status: number
  body: string
  contentType?: string
}

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and `/loglevel` on a port of its own. PUT changes the log level, from the same
 * machine only. Does nothing when METRICS_PORT is not set.
 *
 * @returns the URL, or null without METRICS_PORT
 * @throws Error naming the variable when the port cannot be opened
 */
export async function startMetrics(options: MetricsOptions): Promise<Component<string | null>> {
  const { config, logger } = options
  const { METRICS_HOST: host, METRICS_PORT: port } = config
  if (port === undefined) return { value: null, stop: async () => {} }
  const timeouts = { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }
  const server = createServer(timeouts, (request, response) => {
    reply(request, options)
      .catch((err: unknown): Reply => {
        logger.error({ err }, 'metrics request failed')
        return { status: 500, body: 'Internal error: see the log\n' }
      })
      .then((reply) => send(response, reply))
  })
  server.timeout = 2 * REQUEST_TIMEOUT_MS
  await listenOn(server, 'METRICS', host, port)
  const url = urlOf('http', server.address())
  logger.info({ metrics: url }, 'metrics listening')
  return {
    value: url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function reply(
  request: IncomingMessage,
  { metrics, notReadyReasons, logger }: Pick<MetricsOptions, 'metrics' | 'notReadyReasons' | 'logger'>,
): Promise<Reply> {
  const [path] = (request.url ?? '').split('?')
  if (path === '/loglevel' && request.method === 'PUT') return changeLevel(request, logger)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: `${request.method} is not allowed\n` }
  }
  switch (path) {
    case '/metrics':
      return { status: 200, ...(await metrics.text()) }
    case '/healthz':
      return { status: 200, body: 'alive\n' }
    case '/readyz': {
      const reasons = await reasonsInTime(notReadyReasons())
      return reasons.length === 0
        ? { status: 200, body: 'ready\n' }
        : { status: 503, body: reasons.map((reason) => `${reason}\n`).join('') }
    }
    case '/loglevel':
      return { status: 200, body: `${logger.level}\n` }
    default:
      return { status: 404, body: 'Available paths: /metrics, /healthz, /readyz, /loglevel\n' }
  }
}

async function changeLevel(request: IncomingMessage, logger: Logger): Promise<Reply> {
  // A web page in a browser on this machine could send the request; browsers then add the Origin header.
  if (!isLoopback(request.socket.remoteAddress ?? '') || request.headers.origin !== undefined) {
    return { status: 403, body: 'The log level can be changed from the same machine only\n' }
  }
  const text = await readShortBody(request)
  const level = logLevels.find((level) => level === text)
  if (level === undefined) return { status: 400, body: `The log level must be one of ${logLevels.join(', ')}\n` }
  // Logged before the change: the new level may be silent.
  const before = logger.level
  logger.info({ before, level }, 'changing log level')
  setLevel(logger, level)
  return { status: 200, body: `${level}\n` }
}

/** Reads at least the first MAX_BODY_CHARACTERS of a body; more is never valid. */
async function readShortBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) {
    text += part
    if (text.length > MAX_BODY_CHARACTERS) break
  }
  return text.trim()
}

/** A readiness check that times out is itself a reason. */
function reasonsInTime(reasons: Promise<string[]>): Promise<string[]> {
  const timeout = settleWithin(reasons, REQUEST_TIMEOUT_MS).then(() => ['the readiness check timed out'])
  return Promise.race([reasons, timeout])
}

function send(response: ServerResponse, { status, body, contentType = 'text/plain; charset=utf-8' }: Reply): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  })
  response.end(body)
}
