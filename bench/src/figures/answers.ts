import { Agent, get } from 'node:http'
import type { Context } from '../context.ts'
import { figure } from '../figure.ts'
import { questions } from '../questions.ts'
import type { Stack } from '../stack.ts'
import { quantile } from '../statistics.ts'

/** Clients that ask at once. */
export const CLIENTS = 32

/** Medians of one client's answers, by endpoint, at the number of notifications before. */
export type Medians = Map<string, number>

/** Asks every endpoint, by one client and by many. */
export async function measureAnswers(
  { options, add, addAnswer, note }: Context,
  stack: Stack,
  notifications: number,
  before: Medians,
): Promise<void> {
  const api = await stack.start('api')
  const [, url = ''] = await api.process.printed(/"url":"([^"]+)"/)
  const asked = await questions(stack.pool)
  for (const [endpoint, path] of asked) {
    const target = new URL(path, url)
    const one = summarized(await ask(target, 1, options.requests))
    const many = summarized(await ask(target, CLIENTS, Math.max(options.requests, CLIENTS * 2)))
    const smaller = before.get(endpoint)
    before.set(endpoint, one.median)
    addAnswer({ endpoint, notifications, one, many, growth: smaller === undefined ? null : one.median / smaller })
  }
  const memory = await api.stop()
  add(
    figure({
      section: 'Memory',
      name: `api at ${notifications.toLocaleString('en-US')}, at rest`,
      unit: 'MB',
      values: [memory.atRest],
      meaning: 'Resident memory of a process that has just started.',
    }),
    figure({
      section: 'Memory',
      name: `api at ${notifications.toLocaleString('en-US')}, at full speed`,
      unit: 'MB',
      values: [memory.atMost],
      meaning: 'The most resident memory it had until the work was done.',
    }),
  )
  note(`answers at ${notifications}: ${asked.size} endpoints asked`)
}

function summarized(times: readonly number[]): { median: number; p99: number } {
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** Milliseconds of each of so many requests, after a tenth as many that are not counted. */
async function ask(url: URL, clients: number, requests: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const times: number[] = []
  try {
    for (let number = 0; number < Math.ceil(requests / 10); number++) await once(agent, url)
    let left = requests
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (left-- > 0) times.push(await once(agent, url))
      }),
    )
    return times
  } finally {
    agent.destroy()
  }
}

function once(agent: Agent, url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url.pathname}${url.search}: ${response.statusCode}`))
      response.resume()
      response.once('end', () => resolve(performance.now() - began))
    }).once('error', reject)
  })
}
