import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { countIngested, type StoredBatch } from './ingestedCount.ts'
import type { Running, Stack, Usage } from './stack.ts'

/** The result of draining full queues. */
export interface DrainResult {
  /** Notifications per second, from the first delivery after the warm-up to the last acknowledgement. */
  ingested: number
  /** The same until the backlog is empty; 0 without jobs processes. */
  aggregated: number
  /** For the first process of each kind. */
  usage: { ingest: Usage; jobs: Usage | null }
}

interface DrainOptions {
  /** Messages in the queues. */
  messages: number
  /** Messages to process before the measurement starts; at most a tenth of all. */
  warmUp: number
  /** Number of ingest processes. */
  ingest?: number
  /** Number of jobs processes. */
  jobs?: number
}

/** The log line of a stored batch. */
const storedLine = z.object({
  msg: z.literal('stored'),
  time: z.iso.datetime().transform((text) => Date.parse(text)),
  received: z.number(),
  milliseconds: z.number(),
})

const POLL_INTERVAL_MS = 50

/**
 * Starts processes on full queues and waits until the queues are empty and, with jobs processes, until everything is
 * folded. The times are those in the logs of the processes.
 */
export async function drain(
  stack: Stack,
  { messages, warmUp, ingest = 1, jobs = 0 }: DrainOptions,
): Promise<DrainResult> {
  const workers = await Promise.all(Array.from({ length: jobs }, () => stack.start('jobs')))
  const consumers = await Promise.all(Array.from({ length: ingest }, () => stack.start('ingest')))
  const logs = consumers.map(({ process }) => new BatchLog(() => process.output()))
  const batches: StoredBatch[] = []
  for (let received = 0; received < messages; ) {
    await sleep(POLL_INTERVAL_MS)
    const newBatches = logs.flatMap((log) => log.read())
    batches.push(...newBatches)
    received += newBatches.reduce((sum, batch) => sum + batch.received, 0)
  }
  const { count, from, until } = countIngested(batches, Math.min(warmUp, messages / 10))
  let aggregated = 0
  if (jobs > 0) {
    await waitForEmptyBacklog(stack)
    aggregated = count / ((Date.now() - from) / 1000)
  }
  const [ingestUsage] = await Promise.all(consumers.map((each) => each.stop()))
  const [jobsUsage] = await Promise.all(workers.map((each) => each.stop()))
  if (ingestUsage === undefined) throw new Error('at least one ingest process is required')
  return {
    ingested: count / ((until - from) / 1000),
    aggregated,
    usage: { ingest: ingestUsage, jobs: jobsUsage ?? null },
  }
}

/** Waits until a running ingest process has processed this many messages. Returns how many per second, after a tenth of them. */
export async function ingestRate({ process }: Running, messages: number): Promise<number> {
  const log = new BatchLog(() => process.output())
  const batches: StoredBatch[] = []
  for (let received = 0; received < messages; ) {
    await sleep(POLL_INTERVAL_MS)
    const newBatches = log.read()
    batches.push(...newBatches)
    received += newBatches.reduce((sum, batch) => sum + batch.received, 0)
  }
  const { count, from, until } = countIngested(batches, messages / 10)
  return count / ((until - from) / 1000)
}

/** Resolves when the backlog is empty. */
export async function waitForEmptyBacklog({ pool }: Stack): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ pending: boolean }>('select exists(select from backlog) as pending')
    if (rows[0]?.pending === false) return
    await sleep(POLL_INTERVAL_MS)
  }
}

/** Reads the stored batches from the log of an ingest process. */
class BatchLog {
  readonly #output: () => string
  #position = 0

  constructor(output: () => string) {
    this.#output = output
  }

  /** Returns the batches since the previous call. */
  read(): StoredBatch[] {
    const output = this.#output()
    const end = output.lastIndexOf('\n') + 1
    const lines = output.slice(this.#position, end).split('\n')
    this.#position = end
    return lines
      .filter((text) => text.includes('"stored"'))
      .map((text) => storedLine.parse(JSON.parse(text)))
      .map(({ time, received, milliseconds }) => ({ startedAt: time - milliseconds, endedAt: time, received }))
  }
}
