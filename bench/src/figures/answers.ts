import { Agent, get } from 'node:http'
import type { Context } from '../context.ts'
import { figure } from '../figure.ts'
import { questions } from '../questions.ts'
import type { Stack } from '../stack.ts'
import { quantile } from '../statistics.ts'

/** Clients that ask at once. */
const CLIENTS = 32

/** Milliseconds of each answer, by question, at each number of notifications. */
export type Answers = Map<string, Map<number, number[]>>

/** Asks every endpoint, by one client and by many. */
export async function measureAnswers(
  { options, add, note }: Context,
  stack: Stack,
  notifications: number,
  answers: Answers,
): Promise<void> {
  const api = await stack.start('api')
  const [, url = ''] = await api.process.printed(/"url":"([^"]+)"/)
  const asked = await questions(stack.pool)
  const section = `Answers at ${notifications.toLocaleString('en-US')}`
  for (const [name, path] of asked) {
    const target = new URL(path, url)
    const one = await ask(target, 1, options.requests)
    const many = await ask(target, CLIENTS, Math.max(options.requests, CLIENTS * 2))
    const before = answers.get(name) ?? new Map<number, number[]>()
    answers.set(name, before.set(notifications, one))
    const summary = { section, unit: 'ms' }
    add(
      figure({
        ...summary,
        name,
        values: [quantile(one, 0.5)],
        goal: { atMost: 10 },
        meaning: 'Median of the answers to one client.',
      }),
      figure({
        ...summary,
        name: `${name}, 99 %`,
        values: [quantile(one, 0.99)],
        meaning: '99th percentile of the answers to one client.',
      }),
      figure({
        ...summary,
        name: `${name}, ${CLIENTS} at once`,
        values: [quantile(many, 0.5)],
        meaning: `Median of the answers to ${CLIENTS} clients at once.`,
      }),
      figure({
        ...summary,
        name: `${name}, ${CLIENTS} at once, 99 %`,
        values: [quantile(many, 0.99)],
        meaning: `99th percentile of the answers to ${CLIENTS} clients at once.`,
      }),
    )
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

/** How the medians grew from each size to the next. */
export function reportGrowth({ add }: Context, answers: Answers): void {
  for (const [name, bySize] of answers) {
    const sizes = [...bySize]
    for (const [index, [size, values]] of sizes.entries()) {
      const [before, valuesBefore] = sizes[index - 1] ?? []
      if (before === undefined || valuesBefore === undefined) continue
      add(
        figure({
          section: `Growth of answers from ${before.toLocaleString('en-US')} to ${size.toLocaleString('en-US')}`,
          name,
          unit: '×',
          values: [quantile(values, 0.5) / quantile(valuesBefore, 0.5)],
          goal: { atMost: 1.2 },
          meaning: 'The median for one client on the larger database, as a multiple of that on the smaller.',
        }),
      )
    }
  }
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
