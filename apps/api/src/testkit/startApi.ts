import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import type { Database } from '@stacktach/db'
import { createLogger } from '@stacktach/runtime'
import { type Admission, createApp } from '../createApp.ts'
import { startServer } from '../http/startServer.ts'
import { authorizeLive } from '../live/authorizeLive.ts'
import { createLive } from '../live/createLive.ts'
import type { LiveMetrics } from '../live/liveMetrics.ts'
import { NOW } from './fixture.ts'

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface Api {
  url: string
  /** Requests a path unchanged: it is neither normalized nor encoded. */
  request(path: string, method?: string, headers?: OutgoingHttpHeaders, body?: string): Promise<Reply>
  stop(): Promise<void>
}

/** Starts the application on a free port, with a fixed clock. */
export async function startApi(db: Database, now = NOW, options: StartOptions = {}): Promise<Api> {
  const logger = createLogger('api', 'silent')
  const admission = { tokens: () => null, requestsPerMinute: 0, proxies: 0, ...options.admission }
  const live = createLive({
    db,
    logger,
    metrics: options.liveMetrics ?? { clients() {}, delivered() {}, disconnectedAsSlow() {}, gap() {} },
    maxClients: options.maxLiveClients ?? 500,
    authorize: authorizeLive(admission.tokens),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  })
  const app = createApp({
    db,
    confirmations: options.confirmations ?? null,
    clock: () => now,
    logger,
    admission,
    live: live.handler,
  })
  const { value: url, stop } = await startServer(app, {
    host: '127.0.0.1',
    port: 0,
    logger,
    beforeStop: live.end,
    timeouts: options.timeouts ?? {},
  })
  return {
    url,
    request: (path, method = 'GET', headers = {}, body = '') => sendRequest(url, path, method, headers, body),
    stop,
  }
}

interface StartOptions {
  admission?: Partial<Admission>
  confirmations?: Pick<Database, 'pool'>
  timeouts?: Parameters<typeof startServer>[1]['timeouts']
  maxLiveClients?: number
  liveMetrics?: LiveMetrics
  heartbeatMs?: number
}

function sendRequest(
  url: string,
  path: string,
  method: string,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<Reply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    // Node sends no length of its own with the body of a GET or a DELETE.
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
    request({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status, headers, text }))
      response.on('error', reject)
    })
      .on('error', reject)
      .end(body === '' ? undefined : body)
  })
}
