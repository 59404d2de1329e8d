import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, programs } from '../world/programs.ts'
import type { World } from '../world/world.ts'
import type { Fault, Scene } from './fault.ts'

/** Milliseconds that a process has to come into the middle of something. */
const PATIENCE = 3_000

async function kill({ world, random, patient }: Scene, program: Program): Promise<void> {
  // In the long form also at any moment, in which there may be nothing in hand.
  if (program === 'api' || (patient && random.next() < 0.5)) await world.programs.kill(program)
  else await inTheMiddle(world, program, () => world.programs.kill(program))
}

/** Does something to a process while a transaction of it waits for us, and cannot be committed before. */
async function inTheMiddle({ database }: World, program: Program, act: () => Promise<void>): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    // Ingest appends to it and jobs take from it; whoever only reads goes on.
    await client.query('lock table backlog in exclusive mode')
    const deadline = Date.now() + PATIENCE
    while (Date.now() < deadline && !(await waits(database.pool, program))) await sleep(10)
    await act()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function waits(pool: World['database']['pool'], program: Program): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = $1 and wait_event_type = 'Lock'`,
    [`stacktach ${program}`],
  )
  return rowCount !== 0
}

/** Processes that are killed, and that are stopped in the middle of their work. */
export const processFaults: readonly Fault[] = programs.flatMap((program) => [
  { name: `kill -9 of ${program}`, inflict: (scene) => kill(scene, program) },
  { name: `SIGTERM of ${program}`, inflict: ({ world }) => world.programs.restart(program) },
])
