import { checkDatabase, type Database, databaseUnavailable, isTransient, WriterRefused } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { ConfigError, type Logger, messageOf } from '@stacktach/runtime'

/**
 * Checks the database at startup and logs warnings. If the database is unavailable the api starts anyway, and its endpoints
 * respond with 503 until the database is available.
 *
 * @param variable with the URL of the database, for messages
 * @throws ConfigError when the login fails or the schema is not the one of this version
 */
export async function warnAboutDatabase(
  { pool }: Database,
  clock: () => Instant,
  variable: string,
  logger: Logger,
): Promise<void> {
  try {
    for (const warning of await checkDatabase(pool, clock, variable)) logger.warn(warning)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // checkRole reports it.
    if (error instanceof WriterRefused) return
    logger.warn(
      { reason: messageOf(error) },
      isTransient(error) ? databaseUnavailable(variable) : 'could not check the database schema',
    )
  }
}
