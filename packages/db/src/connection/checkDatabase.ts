import { type Duration, formatDuration, type Instant, SECOND } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { migrationNames } from '../migrationNames.ts'
import type { Queryable } from '../sql/transaction.ts'
import { databaseError, schemaOutOfDate } from './databaseError.ts'
import { WriterRefused } from './writePrivilegeWarning.ts'

/** Accepted difference between the clocks of two machines. */
const CLOCK_TOLERANCE: Duration = 5 * SECOND

/**
 * Checks the schema and the clock of a database before a process uses it.
 *
 * @param variable names the variable with the URL of the database
 * @returns warnings, one sentence each
 * @throws ConfigError if the login is rejected or the schema is out of date; other errors unchanged
 */
export async function checkDatabase(client: Queryable, clock: () => Instant, variable?: string): Promise<string[]> {
  try {
    return [...(await schemaWarnings(client)), ...(await clockWarnings(client, clock))]
  } catch (error) {
    if (error instanceof WriterRefused) throw error
    const failure = databaseError(error, variable)
    throw failure instanceof ConfigError ? failure : error
  }
}

async function schemaWarnings(client: Queryable): Promise<string[]> {
  const names = await migrationNames()
  const { rows } = await client.query<{ migration_name: string }>(
    `select migration_name from _prisma_migrations
      where finished_at is not null and rolled_back_at is null order by migration_name`,
  )
  const present = rows.map((row) => row.migration_name)
  const [missing, ...more] = names.filter((name) => !present.includes(name))
  if (missing !== undefined) {
    const others = more.length > 0 ? ` and ${more.length} more` : ''
    throw new ConfigError(`${schemaOutOfDate} (missing: ${missing}${others})`)
  }
  const unknown = present.filter((name) => !names.includes(name))
  return unknown.length === 0
    ? []
    : [`the database has migrations that this version does not know: update this program (${unknown.join(', ')})`]
}

async function clockWarnings(client: Queryable, clock: () => Instant): Promise<string[]> {
  const before = clock()
  const { rows } = await client.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now',
  )
  const after = clock()
  const databaseClock = rows[0]?.now ?? Number.NaN
  const ahead = databaseClock < before ? before - databaseClock : Math.min(after - databaseClock, 0)
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return []
  const direction = ahead > 0 ? 'ahead of' : 'behind'
  return [
    `this machine's clock is ${formatDuration(Math.abs(ahead))} ${direction} the database's: check NTP on both machines`,
  ]
}
