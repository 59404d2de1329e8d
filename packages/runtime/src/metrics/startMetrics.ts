import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isLoopback } from '../config/isLoopback.ts'
import { logLevels } from '../config/variables.ts'
import type { Component } from '../lifecycle.ts'
import { explainListening } from '../listening.ts'
import { type Logger, setLevel } from '../logger.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsOptions {
  config: { METRICS_HOST: string; METRICS_PORT?: number | undefined }
  metrics: Metrics
  /** What keeps the process from its work, for people; nothing: it is ready. */
  lacks(): Promise<string[]>
  logger: Logger
}

/** Milliseconds that whoever asks has for their request, and the process for its answer about itself. */
const PATIENCE = 5_000

interface Reply {
  status: number
  body: string
  contentType?: string
}

/**
 * Serves what those who run the process ask of it, on a port of its own: `/metrics`, `/healthz`, `/readyz`, and `/loglevel`,
 * which changes with PUT, from this machine alone. Without METRICS_PORT there is no such port.
 *
 * @returns its URL, if there is one
 */
export async function startMetrics({
  config,
  metrics,
  lacks,
  logger,
}: MetricsOptions): Promise<Component<string | null>> {
  const { METRICS_HOST: host, METRICS_PORT: port } = config
  if (port === undefined) return { value: null, stop: async () => {} }
  const server = createServer({ headersTimeout: PATIENCE, requestTimeout: PATIENCE }, (request, response) => {
    answer(request, { metrics, lacks, logger })
      .catch((err: unknown): Reply => {
        logger.error({ err }, 'could not answer who asked for metrics')
        return { status: 500, body: 'Something went wrong; the log says what\n' }
      })
      .then((reply) => send(response, reply))
  })
  server.timeout = 2 * PATIENCE
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, 'METRICS', host, port)))
    server.listen(port, host, resolve)
  })
  const url = urlOf(server.address())
  logger.info({ metrics: url }, 'metrics can be read')
  return {
    value: url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

type Answering = Pick<MetricsOptions, 'metrics' | 'lacks' | 'logger'>

async function answer(request: IncomingMessage, { metrics, lacks, logger }: Answering): Promise<Reply> {
  const [path] = (request.url ?? '').split('?')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (path === '/loglevel' && request.method === 'PUT') return changeLevel(request, logger)
  if (!reads) return { status: 405, body: `${request.method} is not allowed here\n` }
  switch (path) {
    case '/metrics':
      return { status: 200, ...(await metrics.text()) }
    case '/healthz':
      return { status: 200, body: 'alive\n' }
    case '/readyz': {
      const reasons = await withinPatience(lacks())
      return reasons.length === 0
        ? { status: 200, body: 'ready\n' }
        : { status: 503, body: reasons.map((reason) => `${reason}\n`).join('') }
    }
    case '/loglevel':
      return { status: 200, body: `${logger.level}\n` }
    default:
      return { status: 404, body: 'There are /metrics, /healthz, /readyz and /loglevel\n' }
  }
}

async function changeLevel(request: IncomingMessage, logger: Logger): Promise<Reply> {
  // A browser on this machine asks for whatever page it shows; it says so.
  if (!isLoopback(request.socket.remoteAddress ?? '') || request.headers.origin !== undefined) {
    return { status: 403, body: 'The level is changed from the machine that the process runs on\n' }
  }
  const wanted = await shortText(request)
  const level = logLevels.find((level) => level === wanted)
  if (level === undefined) return { status: 400, body: `The level is one of ${logLevels.join(', ')}\n` }
  // Said before it is silent, or once it speaks.
  const before = logger.level
  logger.info({ before, level }, 'log level changes')
  setLevel(logger, level)
  return { status: 200, body: `${level}\n` }
}

/** The beginning of a body: nothing that is asked for here is longer. */
async function shortText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) {
    text += part
    if (text.length > 100) break
  }
  return text.trim()
}

/** What a process lacks; one that cannot even say so in time lacks that. */
async function withinPatience(reasons: Promise<string[]>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, ['no answer in time'])
  })
  const first = await Promise.race([reasons, late])
  clearTimeout(timer)
  return first
}

function send(response: ServerResponse, { status, body, contentType = 'text/plain; charset=utf-8' }: Reply): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  })
  response.end(body)
}

function urlOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address)
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
