import { z } from 'zod'
import { ingestedFrom, type StoredBatch } from './ingested.ts'
import type { Stack, Usage } from './stack.ts'

/** How a full queue was worked off. */
export interface Drained {
  /** Notifications a second, from the first delivery after the lead to the last acknowledgement. */
  ingested: number
  /** The same until nothing is left to fold; without jobs, 0. */
  aggregated: number
  /** Of the first process of each kind. */
  used: { ingest: Usage; jobs: Usage | null }
}

interface Asked {
  /** Messages in the queues. */
  messages: number
  /** Of them, those before the clock starts. */
  lead: number
  ingest?: number
  jobs?: number
}

const line = z.object({
  msg: z.literal('stored'),
  time: z.iso.datetime().transform((text) => Date.parse(text)),
  received: z.number(),
  milliseconds: z.number(),
})

/** Milliseconds between two looks. */
const LOOK = 50

/**
 * Starts processes on queues that are full, and waits until they are empty and, with `jobs`, until all is folded. The time
 * is what the processes say in their logs.
 */
export async function drain(stack: Stack, { messages, lead, ingest = 1, jobs = 0 }: Asked): Promise<Drained> {
  const workers = await Promise.all(Array.from({ length: jobs }, () => stack.start('jobs')))
  const consumers = await Promise.all(Array.from({ length: ingest }, () => stack.start('ingest')))
  const logs = consumers.map(({ process }) => new Log(() => process.output()))
  const batches: StoredBatch[] = []
  for (let received = 0; received < messages; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK))
    const fresh = logs.flatMap((log) => log.read())
    batches.push(...fresh)
    received += fresh.reduce((sum, batch) => sum + batch.received, 0)
  }
  const { count, from, to } = ingestedFrom(batches, lead)
  let aggregated = 0
  if (jobs > 0) {
    await emptied(stack)
    aggregated = count / ((Date.now() - from) / 1000)
  }
  const [ingestUsage] = await Promise.all(consumers.map((each) => each.stop()))
  const [jobsUsage] = await Promise.all(workers.map((each) => each.stop()))
  if (ingestUsage === undefined) throw new Error('nothing was started to ingest')
  return {
    ingested: count / ((to - from) / 1000),
    aggregated,
    used: { ingest: ingestUsage, jobs: jobsUsage ?? null },
  }
}

/** Resolves when nothing is left in the backlog. */
export async function emptied({ pool }: Stack): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ waits: boolean }>('select exists(select from backlog) as waits')
    if (rows[0]?.waits === false) return
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}

/** Reads what a process said of stored batches, each line once. */
class Log {
  readonly #output: () => string
  #read = 0

  constructor(output: () => string) {
    this.#output = output
  }

  read(): StoredBatch[] {
    const output = this.#output()
    const end = output.lastIndexOf('\n') + 1
    const lines = output.slice(this.#read, end).split('\n')
    this.#read = end
    return lines
      .filter((text) => text.includes('"stored"'))
      .map((text) => line.parse(JSON.parse(text)))
      .map(({ time, received, milliseconds }) => ({ ended: time, began: time - milliseconds, received }))
  }
}
