import { confirmPrivilegeWarning, type Database, openDatabase } from '@stacktach/db'
import { type ApiConfig, type Component, type Logger, messageOf } from '@stacktach/runtime'

/** Billing systems confirm in batches, one at a time. */
const CONNECTIONS = 2

/**
 * Opens the pool for what billing systems write, with a role of its own; null without DATABASE_CONFIRM_URL. Logs a warning if
 * the role can write more, or if the database is unavailable; writes are answered with 503 until it is available.
 */
export async function openConfirmations(config: ApiConfig, logger: Logger): Promise<Component<Database | null>> {
  const { DATABASE_CONFIRM_URL: url } = config
  if (url === undefined) return { value: null, stop: async () => {} }
  const database = openDatabase({
    url,
    variable: 'DATABASE_CONFIRM_URL',
    applicationName: 'stacktach api confirmations',
    size: CONNECTIONS,
    statementTimeout: config.API_STATEMENT_TIMEOUT,
    queryTimeout: config.API_STATEMENT_TIMEOUT + 5_000,
    onIdleError: (error) => logger.warn({ reason: error.message }, 'database connection lost'),
  })
  try {
    const reason = await confirmPrivilegeWarning(database.pool)
    if (reason !== null) logger.warn({ reason }, 'the database role of confirmations has too many privileges')
  } catch (error) {
    logger.warn({ reason: messageOf(error) }, 'could not check the database role of confirmations')
  }
  return { value: database, stop: () => database.close() }
}
