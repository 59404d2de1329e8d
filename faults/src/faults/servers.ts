import { Redis } from 'ioredis'
import { persistently } from '../world/database.ts'
import type { Fault, Scene } from './fault.ts'
import { labelOf, ready, serverNames } from './network.ts'

async function readOnly({ world, hold }: Scene): Promise<void> {
  const { pool } = world.database
  // Holds at once for who is connected, too.
  await pool.query('alter system set default_transaction_read_only = on')
  await pool.query('select pg_reload_conf()')
  await hold(2, 10)
  await world.health.expect(true, 'PostgreSQL read-only')
  await pool.query('alter system reset default_transaction_read_only')
  await pool.query('select pg_reload_conf()')
}

async function outOfConnections({ world, hold }: Scene): Promise<void> {
  const { pool, role } = world.database
  await pool.query(`alter role ${role} connection limit 0`)
  await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
  await world.health.expect(false, 'PostgreSQL out of connections')
  await hold(2, 10)
  await pool.query(`alter role ${role} connection limit -1`)
}

async function wiped({ world }: Scene): Promise<void> {
  const redis = new Redis(world.servers.redisUrl)
  try {
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
}

/** Servers that are restarted, in order or by a crash, and a database that takes nothing. */
export const serverFaults: readonly Fault[] = [
  ...serverNames.map(
    (server): Fault => ({
      name: `restart of ${labelOf(server)}`,
      async inflict({ world, random }) {
        await world.servers.stop(server, random.next() < 0.5)
        await world.health.expect(ready(server), `${labelOf(server)} stopped`)
        await world.servers.start(server)
      },
    }),
  ),
  { name: 'FLUSHALL in Redis', inflict: wiped },
  { name: 'PostgreSQL read-only', inflict: readOnly },
  { name: 'PostgreSQL out of connections', inflict: outOfConnections },
]

/** @param fill and @param clear of the disk the database is on */
export function fullDisk({ fill, clear }: { fill(): void; clear(): void }): Fault {
  return {
    name: 'disk full',
    async inflict({ world, hold }) {
      fill()
      try {
        await hold(2, 10)
        const refused = world.programs.output('ingest').match(/No space left on device/)
        if (refused === null) world.programs.complaints.push('disk full: ingest never noticed, so nothing was shown')
      } finally {
        clear()
      }
      await persistently(() => world.database.pool.query('select 1'))
    },
  }
}
