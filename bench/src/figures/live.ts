import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import type { BenchMessage } from '../data/message.ts'
import { drain, ingestRate } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import type { FromLiveClients, LiveClientResult, ToLiveClients } from '../liveClients.ts'
import { type Stack, type Usage, withStack } from '../stack.ts'

const CLIENTS = 200

/** Clients without a filter; the others select some of the notifications. */
const UNFILTERED_CLIENTS = 20

/** Notifications per second that are published. */
const RATE = 2_000

/** Notifications are published in this many parts per second. */
const PARTS_PER_SECOND = 20

const SECONDS = { usual: 20, quick: 3 }

/** Filters of the other clients, in turn, and the notifications that they select, in SQL. */
const filters: Readonly<Record<string, string>> = {
  '?errors=1': `routing_key like '%error'`,
  '?service=glance': `service = 'glance'`,
  '?event=compute.instance.create.end': `event = 'compute.instance.create.end'`,
  '?event=compute.instance.exists': `event = 'compute.instance.exists'`,
  '?deployment=none': 'false',
  '?instance=none': 'false',
}

/** Measures what live clients cost: ingest at a fixed rate and at full speed, without and with clients. */
export async function measureLive({ options, now, add, log }: Context): Promise<void> {
  const count = RATE * (options.checkGoals ? SECONDS.usual : SECONDS.quick)
  const rates = { steady: pair(), full: pair() }
  const ingestCpu = pair()
  const apis: Usage[] = []
  for (let round = 0; round < options.sideRounds; round++) {
    // In turn, so that neither is always measured first.
    for (const clients of round % 2 === 0 ? [0, CLIENTS] : [CLIENTS, 0]) {
      const take = (name: string) => [...new Cloud(`live ${round} ${name}`, count, firstDay(count, now)).take(count)]
      const key = clients === 0 ? 'without' : 'with'
      await withStack(async (stack) => {
        await fill([stack], [])
        const api = await stack.start('api')
        const [, url = ''] = await api.process.printed(/"url":"([^"]+)"/)
        const live = await LiveClients.start(url, queriesOf(clients))
        const steady = await storeSteadily(stack, take('steady'))
        rates.steady[key].push(steady.rate)
        ingestCpu[key].push((steady.cpuSeconds / count) * 1e6)
        const lost = await live.missing(stack)
        if (lost > 0) throw new Error(`live clients: ${lost} notifications missing or repeated`)
        const messages = await fill([stack], take('full'))
        rates.full[key].push((await drain(stack, { messages, warmUp: options.warmUp })).ingested)
        const skipped = await live.missing(stack)
        live.stop()
        const usage = await api.stop()
        if (clients > 0) apis.push(usage)
        log(
          `${clients} live clients: ${Math.round(rates.steady[key].at(-1) ?? 0)} rows/s steadily, ` +
            `${Math.round(rates.full[key].at(-1) ?? 0)} rows/s at full speed (${skipped} not delivered), ` +
            `api ${Math.round(usage.peakMb)} MB, ${usage.cpuSeconds.toFixed(1)} s of processor time`,
        )
      })
    }
  }
  const section = 'Live'
  add(
    figure({
      section,
      name: `ingest of ${RATE.toLocaleString('en-US')} per second, ${CLIENTS} clients`,
      unit: 'rows/s',
      values: rates.steady.with,
      against: { to: 'no clients', values: rates.steady.without },
      goal: { atLeast: 0.95 },
      meaning: `${UNFILTERED_CLIENTS} of the clients receive everything. Each client received each notification once.`,
    }),
    figure({
      section,
      name: `ingest at full speed, ${CLIENTS} clients`,
      unit: 'rows/s',
      values: rates.full.with,
      against: { to: 'no clients', values: rates.full.without },
      meaning: 'The clients and the api share the processors with ingest and PostgreSQL.',
    }),
    figure({
      section,
      name: `ingest, processor time per notification, ${CLIENTS} clients`,
      unit: 'µs',
      values: ingestCpu.with,
      against: { to: 'no clients', values: ingestCpu.without },
      meaning: 'At the fixed rate. Other programs on the machine affect it less than they affect the rates.',
    }),
    figure({
      section,
      name: `api, processor time per notification, ${CLIENTS} clients`,
      unit: 'µs',
      values: apis.map(({ cpuSeconds }) => (cpuSeconds / (2 * count)) * 1e6),
      meaning: 'Reading and sending to all clients, at both rates.',
    }),
    figure({
      section,
      name: `api with ${CLIENTS} clients, peak`,
      unit: 'MB',
      values: apis.map(({ peakMb }) => peakMb),
      meaning: 'Peak resident memory up to the end of the work.',
    }),
  )
}

const pair = (): { without: number[]; with: number[] } => ({ without: [], with: [] })

function queriesOf(clients: number): string[] {
  const selecting = Object.keys(filters)
  return Array.from({ length: clients }, (_, index) =>
    index < UNFILTERED_CLIENTS ? '' : (selecting[index % selecting.length] ?? ''),
  )
}

/** Publishes messages at the rate to a running ingest process. Returns the rows per second that it stored, and its cost. */
async function storeSteadily(
  stack: Stack,
  messages: readonly BenchMessage[],
): Promise<{ rate: number; cpuSeconds: number }> {
  const ingest = await stack.start('ingest')
  const rate = ingestRate(ingest, messages.length)
  const connection = await stack.vhost.connect()
  const channel = await connection.createConfirmChannel()
  const part = RATE / PARTS_PER_SECOND
  const startedAt = performance.now()
  for (let sent = 0; sent < messages.length; sent += part) {
    for (const { exchange, routingKey, body } of messages.slice(sent, sent + part)) {
      channel.publish(exchange, routingKey, body, { persistent: true, contentType: 'application/json' })
    }
    await sleep(Math.max(0, startedAt + ((sent + part) / RATE) * 1000 - performance.now()))
  }
  await channel.waitForConfirms()
  await connection.close()
  const stored = await rate
  const { cpuSeconds } = await ingest.stop()
  return { rate: stored, cpuSeconds }
}

/** Time for the last notifications to arrive at all clients. */
const DELIVERY_TIMEOUT_MS = 60_000

/** Clients in a process of their own. */
class LiveClients {
  readonly #process: ChildProcess

  private constructor(process: ChildProcess) {
    this.#process = process
  }

  /** Starts the process; resolves when all clients are connected. */
  static async start(url: string, queries: string[]): Promise<LiveClients> {
    const clients = new LiveClients(fork(fileURLToPath(new URL('../liveClients.js', import.meta.url))))
    await clients.#ask({ connect: { url, queries } })
    return clients
  }

  /** Waits for the last notifications. Returns how many are then missing or repeated. */
  async missing(stack: Stack): Promise<number> {
    const deadline = performance.now() + DELIVERY_TIMEOUT_MS
    for (;;) {
      const missing = await this.#compare(stack)
      if (missing === 0 || performance.now() > deadline) return missing
      await sleep(500)
    }
  }

  /** Number of notifications that clients lack or have twice, plus one for each whose ids differ or whose connection ended. */
  async #compare({ pool }: Stack): Promise<number> {
    const { results } = await this.#ask({ report: true })
    const expected = new Map<string, { count: number; sum: number }>()
    for (const query of new Set(results.map(({ query }) => query))) {
      const { rows } = await pool.query<{ count: number; sum: number }>(
        `select count(*)::float8 as count, coalesce(sum(id), 0)::float8 as sum
           from (select id, event, routing_key, 'nova' as service from notification_nova
                 union all select id, event, routing_key, 'glance' from notification_glance) as stored
          where ${filters[query] ?? 'true'}`,
      )
      expected.set(query, rows[0] ?? { count: 0, sum: 0 })
    }
    return results.reduce((total, { query, notifications, sumOfIds, ended }) => {
      const { count = 0, sum = 0 } = expected.get(query) ?? {}
      return total + Math.abs(count - notifications) + Number(count === notifications && sum !== sumOfIds) + ended
    }, 0)
  }

  stop(): void {
    this.#process.kill()
  }

  async #ask(message: ToLiveClients): Promise<{ results: LiveClientResult[] }> {
    this.#process.send(message)
    const [reply]: FromLiveClients[] = await once(this.#process, 'message')
    return reply !== undefined && 'results' in reply ? reply : { results: [] }
  }
}
