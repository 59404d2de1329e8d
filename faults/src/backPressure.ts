import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { retryUntilAnswer } from './stack/database.ts'
import { waitUntilReady } from './stack/programs.ts'
import type { Servers } from './stack/servers.ts'
import { createStack, type Stack } from './stack/stack.ts'
import { deployments, type StreamMessage } from './stream.ts'

/** The programs' default limit of unacknowledged messages per channel; a deployment has two channels. */
const PREFETCH = 1_500
const MAX_UNACKNOWLEDGED = PREFETCH * 2 * deployments.length

/** Tolerated difference of memory: more than the garbage collector leaves, far less than the queued messages take. */
const MEMORY_TOLERANCE_MB = 150

/** How long ingest keeps messages that it cannot store before it requeues them. */
const REQUEUE_AFTER_MS = 60_000

/** RabbitMQ updates its counts every five seconds. */
const BROKER_COUNTS_TIMEOUT_MS = 12_000

const NO_PROGRESS_TIMEOUT_MS = 60_000

/** How ingest behaved with messages queued while the database was unavailable. */
export interface Pressure {
  queued: number
  /** The maximum observed. */
  unacknowledged: number
  /** The maximum while the database was unavailable and during the catch-up. */
  memoryMb: number
  /** From the database's return until all messages were stored. */
  seconds: number
  problems: string[]
}

/**
 * Queues messages while the database is unavailable: first few, then many.
 *
 * @param short whether to skip waiting until ingest requeues its messages
 */
export async function backPressure(servers: Servers, few: number, many: number, short: boolean): Promise<Pressure[]> {
  const small = await measurePressure(servers, few, short)
  const large = await measurePressure(servers, many, short)
  if (large.memoryMb > small.memoryMb + MEMORY_TOLERANCE_MB) {
    const usage = `${large.memoryMb} MB with ${many} messages queued, but ${small.memoryMb} MB with ${few}`
    large.problems.push(`ingest used ${usage}: its memory grows with the queue`)
  }
  return [small, large]
}

async function measurePressure(servers: Servers, queued: number, short: boolean): Promise<Pressure> {
  const stack = await createStack(servers, 'faults_waiting', { onSmallDisk: false, preload: null })
  try {
    stack.programs.start('ingest')
    await waitUntilReady(stack.programs, ['ingest'])
    await stack.detours.postgres.shut()
    const problems: string[] = []
    let unacknowledged = 0
    const watching = new AbortController()
    const watched = watchUnacknowledged(stack, watching.signal, (current) => {
      unacknowledged = Math.max(unacknowledged, current)
    })
    for (let from = 0; from < queued; from += 1_000) {
      await stack.publisher.publish(createMessages(from, Math.min(queued, from + 1_000)), undefined, 500)
    }
    const deadline = Date.now() + BROKER_COUNTS_TIMEOUT_MS
    while (unacknowledged === 0 && Date.now() < deadline) await sleep(100)
    if (!short) await sleep(REQUEUE_AFTER_MS)
    await stack.detours.postgres.open()
    const startedAt = performance.now()
    const stored = await waitUntilStored(stack, queued)
    const seconds = (performance.now() - startedAt) / 1000
    watching.abort()
    await watched
    if (stored < queued) problems.push(`only ${stored} of ${queued} queued messages were stored`)
    if (unacknowledged === 0 || unacknowledged > MAX_UNACKNOWLEDGED) {
      problems.push(`ingest had ${unacknowledged} unacknowledged messages: expected 1 to ${MAX_UNACKNOWLEDGED}`)
    }
    const memoryMb = peakMemoryMb(stack.programs.pid('ingest'))
    await stack.programs.close()
    return { queued, unacknowledged, memoryMb, seconds, problems: [...problems, ...stack.programs.problems] }
  } finally {
    await stack.close()
  }
}

/** Long enough that queued messages, if ingest kept them all, would exceed the tolerated memory. */
const description = 'x'.repeat(2_000)

/** Creates notifications with distinct times, about a few hundred instances. */
function createMessages(from: number, until: number): StreamMessage[] {
  const start = Date.UTC(2026, 0, 15)
  return Array.from({ length: until - from }, (_, offset) => {
    const index = from + offset
    const messageId = `waiting-${index}`
    const notification = {
      message_id: messageId,
      publisher_id: 'compute.host',
      event_type: 'compute.instance.update',
      timestamp: new Date(start + index * 1000).toISOString(),
      payload: { instance_id: `instance-${index % 500}`, description },
    }
    const deployment = deployments[index % deployments.length] ?? deployments[0]
    const body = Buffer.from(JSON.stringify(notification))
    return { deployment, exchange: 'nova', routingKey: 'notifications.info', messageId, body }
  })
}

async function watchUnacknowledged(
  { brokers }: Stack,
  signal: AbortSignal,
  onCount: (unacknowledged: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    onCount((await retryUntilAnswer(() => brokers.depth())).unacknowledged)
    await sleep(500)
  }
}

/** Waits until the expected number is stored, or until there is no more progress. Returns the number stored. */
async function waitUntilStored({ database }: Stack, expected: number): Promise<number> {
  let stored = 0
  for (let progressAt = Date.now(); stored < expected && Date.now() - progressAt < NO_PROGRESS_TIMEOUT_MS; ) {
    const { rows } = await database.pool.query<{ stored: number }>(
      'select count(*)::int as stored from notification_nova',
    )
    const current = rows[0]?.stored ?? 0
    if (current > stored) progressAt = Date.now()
    stored = current
    await sleep(100)
  }
  return stored
}

/** The process's peak memory in megabytes; 0 if the system does not report it. */
function peakMemoryMb(pid: number): number {
  try {
    const [, kilobytes = '0'] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m) ?? []
    return Math.round(Number(kilobytes) / 1024)
  } catch {
    return 0
  }
}
