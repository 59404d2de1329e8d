import { type Duration, formatDuration, type Instant, SECOND } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { migrationNames } from '../migrate.ts'
import type { Queryable } from '../sql/transaction.ts'
import { databaseError } from './databaseError.ts'
import { WriterRefused } from './writePrivilegeWarning.ts'

/** How far the clocks of two machines that are looked after may be apart. */
const CLOCK_TOLERANCE: Duration = 5 * SECOND

/**
 * Looks at a database before a process works with it.
 *
 * @param variable that names the database
 * @returns what is odd and no reason to stop, a sentence each
 * @throws ConfigError when it lets nobody in or has not the schema of this version; what else went wrong as it came
 */
export async function checkDatabase(client: Queryable, clock: () => Instant, variable?: string): Promise<string[]> {
  try {
    return [...(await schemaOddity(client)), ...(await clockOddity(client, clock))]
  } catch (error) {
    if (error instanceof WriterRefused) throw error
    const failure = databaseError(error, variable)
    throw failure instanceof ConfigError ? failure : error
  }
}

async function schemaOddity(client: Queryable): Promise<string[]> {
  const names = await migrationNames()
  const { rows } = await client.query<{ migration_name: string }>(
    `select migration_name from _prisma_migrations
      where finished_at is not null and rolled_back_at is null order by migration_name`,
  )
  const present = rows.map((row) => row.migration_name)
  const [missing, ...more] = names.filter((name) => !present.includes(name))
  if (missing !== undefined) {
    const others = more.length > 0 ? ` and ${more.length} more` : ''
    throw new ConfigError(`the database has not the schema of this version: npm run migrate brings ${missing}${others}`)
  }
  const unknown = present.filter((name) => !names.includes(name))
  return unknown.length === 0
    ? []
    : [`the database has migrations that this version does not know: run the version that made ${unknown.join(', ')}`]
}

async function clockOddity(client: Queryable, clock: () => Instant): Promise<string[]> {
  const before = clock()
  const { rows } = await client.query<{ now: string }>(
    'select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now',
  )
  const after = clock()
  const theirs = Number(rows[0]?.now)
  const ahead = theirs < before ? before - theirs : Math.min(after - theirs, 0)
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return []
  const direction = ahead > 0 ? 'ahead of' : 'behind'
  return [
    `this machine's clock is ${formatDuration(Math.abs(ahead))} ${direction} the database's: see that NTP runs on both`,
  ]
}
