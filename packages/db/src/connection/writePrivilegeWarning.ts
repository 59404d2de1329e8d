import type pg from 'pg'
import { type WritePrivileges, writePrivileges } from './writePrivileges.ts'

/** What a role could write, for people; null when it can only read. */
export async function writePrivilegeWarning(pool: pg.Pool): Promise<string | null> {
  return describe(await writePrivileges(pool))
}

/** For a pool's `verify`: hands out no connection whose role could write. */
export function refuseWriter(client: pg.PoolClient, done: (error?: Error) => void): void {
  writePrivileges(client).then((found) => {
    const writer = describe(found)
    done(writer === null ? undefined : new WriterRefused(writer))
  }, done)
}

/** Has the code of a server that does not let a user in, which is what it comes to. */
export class WriterRefused extends Error {
  override name = 'WriterRefused'
  readonly code = '28000'
}

function describe({ role, superuser, tables }: WritePrivileges): string | null {
  const [first, ...others] = tables
  if (first === undefined && !superuser) return null
  const could = superuser
    ? 'it is a superuser'
    : `it may change ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`
  return `the database role ${role} could write: ${could}; use one that can only read, such as a member of stacktach_read`
}
