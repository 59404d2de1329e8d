import { type Database, WriterRefused, writePrivilegeWarning } from '@stacktach/db'
import { ConfigError, type Logger } from '@stacktach/runtime'

/**
 * Looks once whether the role of the database could write. A database that is away is no reason not to start: connections made
 * later are looked at one by one where writers are refused.
 *
 * @throws ConfigError when it could, and the database was opened to refuse that
 */
export async function checkRole(db: Database, logger: Logger): Promise<void> {
  try {
    const writer = await writePrivilegeWarning(db.pool)
    if (writer !== null) logger.warn({ reason: writer }, 'transactions are read-only all the same')
  } catch (error) {
    if (error instanceof WriterRefused) throw new ConfigError(`API_REQUIRE_READ_ROLE: ${error.message}`)
    logger.warn({ cause: String(error) }, 'the database does not answer; what its role could write is not known')
  }
}
