import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultContext } from './faults/fault.ts'
import type { Options } from './options.ts'
import { type Segment, segmentMessages } from './plan.ts'
import { createRandom } from './random.ts'
import {
  aggregateHashes,
  countDifferences,
  counts,
  remainingJobs,
  storedIds,
  waitUntilCaughtUp,
} from './stack/observe.ts'
import { programs, waitUntilReady } from './stack/programs.ts'
import type { Stack } from './stack/stack.ts'
import type { StreamMessage } from './stream.ts'

/** How long RabbitMQ may take to report empty queues: it updates its counts every five seconds. */
const EMPTY_QUEUES_TIMEOUT_MS = 15_000

/** The effect of one injected fault. */
export interface FaultResult {
  fault: string
  lost: number
  duplicates: number
  /** Rows of aggregates; null if they were not compared after this fault. */
  different: number | null
  /** Time to catch up: from the end of the fault, or of its messages if that was later. */
  seconds: number
}

/** The result of a run with faults. */
export interface Outcome {
  results: FaultResult[]
  /** Everything that went wrong and is not in the table. */
  problems: string[]
  /** For the whole stream. */
  total: Totals & { notifications: number; stored: number; rejected: number }
}

/**
 * Publishes the stream without faults. Returns the hashes of the aggregates after each segment; in the short form only
 * after the last one, because waiting after each segment takes most of the time.
 */
export async function referenceRun(
  stack: Stack,
  segments: readonly Segment[],
  options: Options,
  log: (line: string) => void,
): Promise<(string[] | null)[]> {
  const hashes: (string[] | null)[] = []
  for (const program of programs) stack.programs.start(program)
  const ids = new Set<string>()
  await waitUntilReady(stack.programs)
  for (const messages of segmentMessages(segments, options)) {
    await stack.publisher.publish(messages)
    addIds(ids, messages)
    if (options.short && hashes.length < segments.length - 1) {
      hashes.push(null)
      continue
    }
    const problem = await waitUntilCaughtUp(stack, ids.size)
    if (problem !== null) {
      throw new Error(`reference run: ${problem}\n${stack.programs.output('ingest').slice(-2000)}`)
    }
    hashes.push(await aggregateHashes(stack))
  }
  log(`reference run: ${ids.size} notifications, ${hashes.at(-1)?.length} rows of aggregates`)
  await stack.programs.close()
  if (stack.programs.problems.length > 0) throw new Error(stack.programs.problems.join('\n'))
  return hashes
}

/** Publishes the same stream, and injects each segment's fault. */
export async function faultRun(
  stack: Stack,
  segments: readonly Segment[],
  options: Options,
  reference: readonly (readonly string[] | null)[],
  log: (line: string) => void,
): Promise<Outcome> {
  const context = contextOf(stack, options)
  const ids = new Set<string>()
  const results: FaultResult[] = []
  const problems: string[] = []
  let previous: Totals = { lost: 0, duplicates: 0, different: 0 }
  for (const program of programs) stack.programs.start(program)
  await waitUntilReady(stack.programs)
  let index = 0
  for (const messages of segmentMessages(segments, options)) {
    const segment = segments[index]
    const expected = reference[index]
    if (segment === undefined || expected === undefined) throw new Error(`segment ${index} has no reference`)
    const { name } = segment.fault
    addIds(ids, messages)
    await publishWithFault(segment, messages, context)
    const endedAt = performance.now()
    const problem = await waitUntilCaughtUp(stack, ids.size - previous.lost)
    const seconds = (performance.now() - endedAt) / 1000
    if (problem !== null) {
      problems.push(`${name}: ${problem}`)
      for (const program of ['ingest', 'jobs'] as const) log(stack.programs.output(program).slice(-3000))
    }
    await stack.health.expect(true, `after ${name}`)
    // Connections that are still frozen must not affect the next fault.
    for (const detour of Object.values(stack.detours)) detour.cutFrozen()
    const current = await totals(stack, ids.size, expected)
    const result = { fault: name, ...increase(previous, current), seconds }
    previous = { ...current, different: current.different ?? previous.different }
    results.push(result)
    index++
    log(`${index}/${segments.length} ${describe(result)}`)
  }
  problems.push(...(await leftovers(stack)))
  const total = await finalTotals(stack, ids, reference.at(-1) ?? [])
  await stack.programs.close()
  problems.push(...stack.programs.problems, ...stack.health.problems)
  return { results, problems, total }
}

function contextOf(stack: Stack, { seed, short }: Options): FaultContext {
  return {
    stack,
    random: createRandom(seed + 1),
    short,
    hold: (shortSeconds, longSeconds) => sleep(1000 * (short ? shortSeconds : longSeconds)),
  }
}

/** Publishes a segment's messages, and injects its fault in the middle. */
async function publishWithFault(
  segment: Segment,
  messages: readonly StreamMessage[],
  context: FaultContext,
): Promise<void> {
  let onDue: () => void = () => {}
  const due = new Promise<void>((resolve) => {
    onDue = resolve
  })
  const publishing = context.stack.publisher.publish(messages, (confirmed) => {
    if (confirmed >= segment.injectAfter) onDue()
  })
  const injecting = due.then(() => segment.fault.inject(context))
  await Promise.all([publishing, injecting])
}

function addIds(ids: Set<string>, messages: readonly StreamMessage[]): void {
  for (const { messageId } of messages) ids.add(messageId)
}

/** Counts since the start of the run. */
interface Totals {
  lost: number
  duplicates: number
  different: number
}

/** `different` is null if the aggregates were not compared. */
type Counted = Omit<Totals, 'different'> & { different: number | null }

/** @param expected null to not compare the aggregates */
async function totals(stack: Stack, sent: number, expected: readonly string[] | null): Promise<Counted> {
  const { stored, distinct, rejected } = await counts(stack)
  return {
    lost: sent - distinct - rejected,
    duplicates: stored - distinct,
    different: expected === null ? null : countDifferences(expected, await aggregateHashes(stack)),
  }
}

function increase(previous: Totals, current: Counted): Counted {
  return {
    lost: Math.max(0, current.lost - previous.lost),
    duplicates: Math.max(0, current.duplicates - previous.duplicates),
    different: current.different === null ? null : Math.max(0, current.different - previous.different),
  }
}

function describe({ fault, lost, duplicates, different, seconds }: FaultResult): string {
  const compared = different === null ? [] : [`different ${different}`]
  return `${fault}: ${[`lost ${lost}`, `duplicates ${duplicates}`, ...compared, `caught up in ${seconds.toFixed(1)} s`].join(', ')}`
}

/** Describes the jobs and messages that are still queued. */
async function leftovers(stack: Stack): Promise<string[]> {
  const jobs = await remainingJobs(stack)
  const deadline = Date.now() + EMPTY_QUEUES_TIMEOUT_MS
  for (;;) {
    const { messages } = await stack.brokers.depth()
    if (messages === 0) return jobs
    if (Date.now() > deadline) return [...jobs, `${messages} messages are still queued in RabbitMQ`]
    await sleep(200)
  }
}

async function finalTotals(stack: Stack, ids: Set<string>, reference: readonly string[]): Promise<Outcome['total']> {
  const stored = await storedIds(stack)
  const { rejected } = await counts(stack)
  const distinct = new Set(stored)
  const lost = [...ids].filter((id) => !distinct.has(id)).length
  return {
    notifications: ids.size,
    stored: stored.length,
    rejected,
    lost,
    duplicates: stored.length - distinct.size,
    different: countDifferences(reference, await aggregateHashes(stack)),
  }
}
