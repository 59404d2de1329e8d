import { Redis } from 'ioredis'
import { retryUntilAnswer } from '../stack/database.ts'
import type { Fault, FaultContext } from './fault.ts'
import { labelOf, readyWithout, serverNames } from './network.ts'

async function readOnly({ stack, hold }: FaultContext): Promise<void> {
  const { pool } = stack.database
  // Applies to existing connections, too.
  await pool.query('alter system set default_transaction_read_only = on')
  await pool.query('select pg_reload_conf()')
  await hold(2, 10)
  await stack.health.expect(true, 'PostgreSQL read-only')
  await pool.query('alter system reset default_transaction_read_only')
  await pool.query('select pg_reload_conf()')
}

async function outOfConnections({ stack, hold }: FaultContext): Promise<void> {
  const { pool, role } = stack.database
  await pool.query(`alter role ${role} connection limit 0`)
  await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
  await stack.health.expect(false, 'PostgreSQL out of connections')
  await hold(2, 10)
  await pool.query(`alter role ${role} connection limit -1`)
}

async function flushRedis({ stack }: FaultContext): Promise<void> {
  const redis = new Redis(stack.servers.redisUrl)
  try {
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
}

/** Servers that are restarted, cleanly or as after a crash, and servers that lose data or reject work. */
export const serverFaults: readonly Fault[] = [
  ...serverNames.map(
    (server): Fault => ({
      name: `restart of ${labelOf(server)}`,
      async inject({ stack, random }) {
        await stack.servers.stop(server, random.next() < 0.5)
        await stack.health.expect(readyWithout(server), `${labelOf(server)} stopped`)
        await stack.servers.start(server)
      },
    }),
  ),
  { name: 'FLUSHALL in Redis', inject: flushRedis },
  { name: 'PostgreSQL read-only', inject: readOnly },
  { name: 'PostgreSQL out of connections', inject: outOfConnections },
]

/** @param disk the disk of the database: `fill` uses up its space, `clear` frees it again */
export function fullDisk(disk: { fill(): void; clear(): void }): Fault {
  return {
    name: 'disk full',
    async inject({ stack, hold }) {
      disk.fill()
      try {
        await hold(2, 10)
        const noticed = /No space left on device/.test(stack.programs.output('ingest'))
        if (!noticed) stack.programs.problems.push('disk full: ingest reported no error, so the fault had no effect')
      } finally {
        disk.clear()
      }
      await retryUntilAnswer(() => stack.database.pool.query('select 1'))
    },
  }
}
