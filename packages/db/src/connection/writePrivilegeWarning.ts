import type pg from 'pg'
import { type WritePrivileges, writePrivileges } from './writePrivileges.ts'

/** Describes in one sentence the write privileges of the pool's role; null if it can only read. */
export async function writePrivilegeWarning(pool: pg.Pool): Promise<string | null> {
  return describe(await writePrivileges(pool))
}

/** The tables that the role stacktach_confirm changes. */
const confirmationTables = ['image_exists', 'instance_exists', 'outbox', 'tenant_info', 'tenant_type']

/** Describes in one sentence what the pool's role can write beyond confirmations; null if it cannot. */
export async function confirmPrivilegeWarning(pool: pg.Pool): Promise<string | null> {
  const { role, superuser, tables } = await writePrivileges(pool)
  const [first] = tables.filter((table) => !confirmationTables.includes(table))
  if (first === undefined && !superuser) return null
  const reason = superuser ? 'it is a superuser' : `it can change ${first}`
  return `the database role ${role} can write more than confirmations: ${reason}; use a member of stacktach_confirm`
}

/** The `verify` option of a pool that refuses connections whose role can write. */
export function refuseWriter(client: pg.PoolClient, done: (error?: Error) => void): void {
  writePrivileges(client).then((privileges) => {
    const warning = describe(privileges)
    done(warning === null ? undefined : new WriterRefused(warning))
  }, done)
}

/** The role of a connection can write, and `refuseWriters` is set. Has the code of a rejected login. */
export class WriterRefused extends Error {
  override name = 'WriterRefused'
  readonly code = '28000'
}

function describe({ role, superuser, tables }: WritePrivileges): string | null {
  const [first, ...others] = tables
  if (first === undefined && !superuser) return null
  const reason = superuser
    ? 'it is a superuser'
    : `it can change ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`
  return `the database role ${role} can write: ${reason}; use a read-only role, such as a member of stacktach_read`
}
