import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, programs } from '../stack/programs.ts'
import type { Stack } from '../stack/stack.ts'
import type { Fault, FaultContext } from './fault.ts'

const LOCK_WAIT_TIMEOUT_MS = 3_000

async function kill({ stack, random, short }: FaultContext, program: Program): Promise<void> {
  // The long form also kills at random moments, when there may be no transaction in progress.
  if (program === 'api' || (!short && random.next() < 0.5)) await stack.programs.kill(program)
  else await duringTransaction(stack, program, () => stack.programs.kill(program))
}

/** Runs `act` while a transaction of the process waits for a lock, so that it cannot commit first. */
async function duringTransaction({ database }: Stack, program: Program, act: () => Promise<void>): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    // Ingest inserts into this table and jobs delete from it; readers are not blocked.
    await client.query('lock table backlog in exclusive mode')
    const deadline = Date.now() + LOCK_WAIT_TIMEOUT_MS
    while (Date.now() < deadline && !(await waitsForLock(database.pool, program))) await sleep(10)
    await act()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function waitsForLock(pool: Stack['database']['pool'], program: Program): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = $1 and wait_event_type = 'Lock'`,
    [`stacktach ${program}`],
  )
  return rowCount !== 0
}

/** Processes that are killed, and processes that are restarted by SIGTERM while they work. */
export const processFaults: readonly Fault[] = programs.flatMap((program) => [
  { name: `kill -9 of ${program}`, inject: (context) => kill(context, program) },
  { name: `SIGTERM of ${program}`, inject: ({ stack }) => stack.programs.restart(program) },
])
