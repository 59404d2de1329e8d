import { type Component, type Logger, type Metrics, poolMetrics } from '@stacktach/runtime'
import { type Database, type DatabaseOptions, openDatabase } from './open.ts'

export interface DatabaseComponentOptions extends Omit<DatabaseOptions, 'onIdleError'> {
  size: number
  /** Registers the gauges of the connection pool. */
  metrics: Metrics
  logger: Logger
  /** Checks the database before the process uses it; its rejection closes the database. */
  check?: (database: Database) => Promise<void>
}

/**
 * The database of a process, as a component. Without `check` it does not connect, so that the process starts while the
 * database is unavailable.
 *
 * @throws the error of `check`
 */
export async function databaseComponent({
  metrics,
  logger,
  check,
  ...options
}: DatabaseComponentOptions): Promise<Component<Database>> {
  const database = openDatabase({
    ...options,
    onIdleError: (error) => logger.warn({ reason: error.message }, 'database connection lost'),
  })
  poolMetrics(metrics, database.pool, options.size)
  try {
    await check?.(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return { value: database, stop: () => database.close() }
}
