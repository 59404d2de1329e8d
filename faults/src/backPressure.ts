import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { deployments, type StreamMessage } from './stream.ts'
import { persistently } from './world/database.ts'
import { begun } from './world/programs.ts'
import type { Servers } from './world/servers.ts'
import { createWorld, type World } from './world/world.ts'

/** Unacknowledged messages of a channel at most, by the programs' own default; a deployment has two channels. */
const PREFETCH = 1_000
const UNACKNOWLEDGED = PREFETCH * 2 * deployments.length

/** Megabytes that memory may differ by: what the garbage collector leaves lying about, and far less than what waits. */
const ALLOWANCE = 150

/** Milliseconds until ingest gives back what it holds. */
const HOLD = 60_000

/** Milliseconds until RabbitMQ has counted, which it does every five seconds. */
const COUNTED = 12_000

/** Milliseconds without progress after which it is stuck. */
const STUCK = 60_000

/** What ingest was like while messages waited. */
export interface Pressure {
  waiting: number
  /** The most that was seen. */
  unacknowledged: number
  /** Megabytes at most, while the database was away and while it caught up. */
  memory: number
  /** From the database's return until all was stored. */
  seconds: number
  complaints: string[]
}

/**
 * Lets messages wait while the database is away, few and then many.
 *
 * @param patient waits until ingest has given back what it holds
 */
export async function backPressure(servers: Servers, few: number, many: number, patient: boolean): Promise<Pressure[]> {
  const found = [await pressure(servers, few, patient), await pressure(servers, many, patient)]
  const [less, more] = found
  if (less !== undefined && more !== undefined && more.memory > less.memory + ALLOWANCE) {
    more.complaints.push(
      `ingest took ${more.memory} MB with ${many} messages waiting, but ${less.memory} MB with ${few}: its memory grows with the queue`,
    )
  }
  return found
}

async function pressure(servers: Servers, waiting: number, patient: boolean): Promise<Pressure> {
  const world = await createWorld(servers, 'faults_waiting', { disturbed: false, preload: null })
  try {
    world.programs.start('ingest')
    await begun(world.programs, ['ingest'])
    await world.detours.postgres.shut()
    const complaints: string[] = []
    let unacknowledged = 0
    const watching = new AbortController()
    const watched = watch(world, watching.signal, (now) => {
      unacknowledged = Math.max(unacknowledged, now)
    })
    for (let from = 0; from < waiting; from += 1_000) {
      await world.publisher.publish(messages(from, Math.min(waiting, from + 1_000)), undefined, 500)
    }
    for (const late = Date.now() + COUNTED; unacknowledged === 0 && Date.now() < late; ) await sleep(100)
    if (patient) await sleep(HOLD)
    await world.detours.postgres.open()
    const began = performance.now()
    const stored = await allStored(world, waiting)
    const seconds = (performance.now() - began) / 1000
    watching.abort()
    await watched
    if (stored < waiting) complaints.push(`of ${waiting} messages that waited only ${stored} were stored`)
    if (unacknowledged === 0 || unacknowledged > UNACKNOWLEDGED) {
      complaints.push(`ingest held ${unacknowledged} messages; it must be some, and at most ${UNACKNOWLEDGED}`)
    }
    const memory = peak(world.programs.pid('ingest'))
    await world.programs.close()
    return {
      waiting,
      unacknowledged,
      memory,
      seconds,
      complaints: [...complaints, ...world.programs.complaints],
    }
  } finally {
    await world.close()
  }
}

/** So large that many of them, if they were held, would show beside what the garbage collector leaves. */
const description = 'x'.repeat(2_000)

/** Notifications, each of another time, of some hundred instances. */
function messages(from: number, to: number): StreamMessage[] {
  const start = Date.UTC(2026, 0, 15)
  return Array.from({ length: to - from }, (_, place) => {
    const index = from + place
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

async function watch({ brokers }: World, until: AbortSignal, see: (unacknowledged: number) => void): Promise<void> {
  while (!until.aborted) {
    see((await persistently(() => brokers.depth())).unacknowledged)
    await sleep(500)
  }
}

async function allStored({ database }: World, expected: number): Promise<number> {
  let stored = 0
  for (let since = Date.now(); stored < expected && Date.now() - since < STUCK; await sleep(100)) {
    const { rows } = await database.pool.query<{ stored: number }>(
      'select count(*)::int as stored from notification_nova',
    )
    const now = rows[0]?.stored ?? 0
    if (now > stored) since = Date.now()
    stored = now
  }
  return stored
}

/** The most memory a process ever had, in megabytes; 0 where the system does not tell. */
function peak(pid: number): number {
  try {
    const [, kilobytes = '0'] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m) ?? []
    return Math.round(Number(kilobytes) / 1024)
  } catch {
    return 0
  }
}
