import { type Database, WriterRefused, writePrivilegeWarning } from '@stacktach/db'
import { ConfigError, type Logger } from '@stacktach/runtime'

/**
 * Checks once, at startup, whether the database role has write privileges, and logs a warning if it has. If the database is
 * unavailable the api starts without this check; with API_REQUIRE_READ_ROLE every later connection is checked anyway.
 *
 * @throws ConfigError when the role can write and API_REQUIRE_READ_ROLE is set
 */
export async function checkRole(db: Database, logger: Logger): Promise<void> {
  try {
    const reason = await writePrivilegeWarning(db.pool)
    if (reason !== null)
      logger.warn({ reason }, 'the database role has write privileges; transactions are read-only nevertheless')
  } catch (error) {
    if (error instanceof WriterRefused) throw new ConfigError(`API_REQUIRE_READ_ROLE: ${error.message}`)
    logger.warn({ cause: String(error) }, 'could not check the privileges of the database role')
  }
}
