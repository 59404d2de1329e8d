import { Agent, get } from 'node:http'
import type { Context } from '../context.ts'
import { endpointPaths } from '../endpointPaths.ts'
import { figure } from '../figure.ts'
import type { Stack } from '../stack.ts'
import { quantile } from '../statistics.ts'

/** The number of concurrent clients. */
export const CLIENTS = 32

/** By endpoint, the median with one client at the previous number of notifications. */
export type Medians = Map<string, number>

/** Measures the response times of all endpoints, with one client and with many. */
export async function measureAnswers(
  { options, add, addAnswer, log }: Context,
  stack: Stack,
  notifications: number,
  medians: Medians,
): Promise<void> {
  const api = await stack.start('api')
  const [, url = ''] = await api.process.printed(/"url":"([^"]+)"/)
  const paths = await endpointPaths(stack.pool)
  for (const [endpoint, path] of paths) {
    const target = new URL(path, url)
    const oneClient = summarize(await measureRequests(target, 1, options.requests))
    const manyClients = summarize(await measureRequests(target, CLIENTS, Math.max(options.requests, CLIENTS)))
    const previous = medians.get(endpoint)
    medians.set(endpoint, oneClient.median)
    const growth = previous === undefined ? null : oneClient.median / previous
    addAnswer({ endpoint, notifications, oneClient, manyClients, growth })
  }
  const usage = await api.stop()
  add(
    figure({
      section: 'Memory',
      name: `api at ${notifications.toLocaleString('en-US')}, initial`,
      unit: 'MB',
      values: [usage.initialMb],
      meaning: 'Resident memory of a process that is ready and has no work yet.',
    }),
    figure({
      section: 'Memory',
      name: `api at ${notifications.toLocaleString('en-US')}, peak`,
      unit: 'MB',
      values: [usage.peakMb],
      meaning: 'Peak resident memory up to the end of the work.',
    }),
  )
  log(`answers at ${notifications} notifications: ${paths.size} endpoints measured`)
}

function summarize(times: readonly number[]): { median: number; p99: number } {
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** Measures the requests in milliseconds, after a warm-up of a tenth as many. */
async function measureRequests(url: URL, clients: number, requests: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const times: number[] = []
  try {
    for (let number = 0; number < Math.ceil(requests / 10); number++) await measureRequest(agent, url)
    let remaining = requests
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (remaining-- > 0) times.push(await measureRequest(agent, url))
      }),
    )
    return times
  } finally {
    agent.destroy()
  }
}

function measureRequest(agent: Agent, url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url.pathname}${url.search}: ${response.statusCode}`))
      response.resume()
      response.once('end', () => resolve(performance.now() - startedAt))
    }).once('error', reject)
  })
}
