import { checkDatabase, type Database, databaseUnavailable, isTransient, WriterRefused } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { ConfigError, type Logger } from '@stacktach/runtime'

/**
 * Looks at the database before anything is asked of it. One that is away is no reason not to start: until it answers, so does
 * every endpoint with 503.
 *
 * @throws ConfigError when it lets nobody in or has not the schema of this version
 */
export async function warnAboutDatabase(
  { pool }: Database,
  clock: () => Instant,
  variable: string,
  logger: Logger,
): Promise<void> {
  try {
    for (const oddity of await checkDatabase(pool, clock, variable)) logger.warn(oddity)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // checkRole tells of it.
    if (error instanceof WriterRefused) return
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn(
      { reason },
      isTransient(error) ? databaseUnavailable(variable) : 'what the database has could not be looked at',
    )
  }
}
