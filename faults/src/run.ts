import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene } from './faults/fault.ts'
import type { Options } from './options.ts'
import { type Act, scenes } from './plan.ts'
import { createRandom } from './random.ts'
import type { StreamMessage } from './stream.ts'
import { aggregateHashes, caughtUp, counts, differing, jobsLeft, storedIds } from './world/observe.ts'
import { begun, programs } from './world/programs.ts'
import type { World } from './world/world.ts'

/** What one occurrence of a fault did. */
export interface Damage {
  fault: string
  lost: number
  doubled: number
  /** Rows of aggregates. */
  different: number
  /** From the end of the fault, or of its messages if that was later. */
  seconds: number
}

/** What is to be said at the end. */
export interface Outcome {
  damages: Damage[]
  /** All that is not as it must be, the table aside. */
  complaints: string[]
  /** Of the whole stream. */
  total: Omit<Damage, 'fault' | 'seconds'> & { notifications: number; stored: number; rejected: number }
}

/** The aggregates after each act, as they are when nothing happens. */
export async function quietRun(
  world: World,
  acts: readonly Act[],
  options: Options,
  note: (line: string) => void,
): Promise<string[][]> {
  const found: string[][] = []
  for (const program of programs) world.programs.start(program)
  const ids = new Set<string>()
  await begun(world.programs)
  for (const messages of scenes(acts, options)) {
    await world.publisher.publish(messages)
    remember(ids, messages)
    const trouble = await caughtUp(world, ids.size)
    if (trouble !== null) throw new Error(`the quiet run ${trouble}\n${world.programs.output('ingest').slice(-2000)}`)
    found.push(await aggregateHashes(world))
  }
  note(`quiet run: ${ids.size} notifications, ${found.at(-1)?.length} rows of aggregates`)
  await world.programs.close()
  if (world.programs.complaints.length > 0) throw new Error(world.programs.complaints.join('\n'))
  return found
}

/** The same stream, with every act's fault. */
export async function disturbedRun(
  world: World,
  acts: readonly Act[],
  options: Options,
  quiet: readonly string[][],
  note: (line: string) => void,
): Promise<Outcome> {
  const scene = sceneOf(world, options)
  const ids = new Set<string>()
  const damages: Damage[] = []
  const complaints: string[] = []
  const before = { lost: 0, doubled: 0, different: 0 }
  for (const program of programs) world.programs.start(program)
  await begun(world.programs)
  let index = 0
  for (const messages of scenes(acts, options)) {
    const act = acts[index]
    const expected = quiet[index]
    if (act === undefined || expected === undefined) throw new Error('an act without its part of the quiet run')
    remember(ids, messages)
    await perform(act, messages, scene)
    const over = performance.now()
    const trouble = await caughtUp(world, ids.size - before.lost)
    const seconds = (performance.now() - over) / 1000
    if (trouble !== null) {
      complaints.push(`${act.fault.name}: ${trouble}`)
      for (const program of ['ingest', 'jobs'] as const) note(world.programs.output(program).slice(-3000))
    }
    await world.health.expect(true, `after ${act.fault.name}`)
    // What is still frozen must not look like another fault's doing.
    for (const way of Object.values(world.detours)) way.cutFrozen()
    const { stored, distinct, rejected } = await counts(world)
    const now = {
      lost: ids.size - distinct - rejected,
      doubled: stored - distinct,
      different: differing(expected, await aggregateHashes(world)),
    }
    const damage = {
      fault: act.fault.name,
      lost: Math.max(0, now.lost - before.lost),
      doubled: Math.max(0, now.doubled - before.doubled),
      different: Math.max(0, now.different - before.different),
      seconds,
    }
    Object.assign(before, now)
    damages.push(damage)
    index++
    note(
      `${index}/${acts.length} ${damage.fault}: lost ${damage.lost}, doubled ${damage.doubled}, different ${damage.different}, caught up after ${seconds.toFixed(1)} s`,
    )
  }
  complaints.push(...(await leftovers(world)))
  const total = await compare(world, ids, quiet.at(-1) ?? [])
  await world.programs.close()
  complaints.push(...world.programs.complaints, ...world.health.complaints)
  return { damages, complaints, total }
}

function sceneOf(world: World, { seed, short }: Options): Scene {
  return {
    world,
    random: createRandom(seed + 1),
    patient: !short,
    hold: (few, many) => sleep(1000 * (short ? few : many)),
  }
}

/** Sends an act's messages, and lets its fault happen in the middle. */
async function perform(act: Act, messages: readonly StreamMessage[], scene: Scene): Promise<void> {
  let due: () => void = () => {}
  const moment = new Promise<void>((resolve) => {
    due = resolve
  })
  const publishing = scene.world.publisher.publish(messages, (sent) => {
    if (sent >= act.moment) due()
  })
  const happening = moment.then(() => act.fault.inflict(scene))
  await Promise.all([publishing, happening])
}

function remember(ids: Set<string>, messages: readonly StreamMessage[]): void {
  for (const { messageId } of messages) ids.add(messageId)
}

/** What is still queued somewhere. */
async function leftovers(world: World): Promise<string[]> {
  const found = await jobsLeft(world)
  const deadline = Date.now() + 15_000
  // RabbitMQ counts every five seconds.
  for (;;) {
    const { messages } = await world.brokers.depth()
    if (messages === 0) return found
    if (Date.now() > deadline) return [...found, `${messages} messages are left in RabbitMQ`]
    await sleep(200)
  }
}

async function compare(world: World, ids: Set<string>, quiet: readonly string[]): Promise<Outcome['total']> {
  const stored = await storedIds(world)
  const { rejected } = await counts(world)
  const distinct = new Set(stored)
  const lost = [...ids].filter((id) => !distinct.has(id)).length
  return {
    notifications: ids.size,
    stored: stored.length,
    rejected,
    lost,
    doubled: stored.length - distinct.size,
    different: differing(quiet, await aggregateHashes(world)),
  }
}
