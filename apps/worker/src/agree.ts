import {
  checkDatabase,
  type Database,
  databaseError,
  databaseUnavailable,
  isTransient,
  sharedSetting,
} from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { type Component, ConfigError, type Logger, throttled } from '@stacktach/runtime'
import pRetry from 'p-retry'

/** Of each setting that all processes of a database share: the variable, and what another value would do. */
const shared = {
  shards: { variable: 'SHARDS', else: 'one instance could be folded by two processes at once' },
  rules: { variable: 'RULES', else: 'aggregates would be made by two sets of rules' },
} as const

type Settings = Partial<Record<keyof typeof shared, string | number>>

/**
 * Waits for the database, however long it takes, and makes sure that it has the schema, and this process what the others have.
 *
 * @throws ConfigError saying what does not fit
 */
export async function checkSharedSettings(
  database: Database,
  settings: Settings,
  clock: () => Instant,
  logger: Logger,
): Promise<Component<void>> {
  const waiting = throttled((reason) => logger.warn({ reason }, databaseUnavailable()))
  const asked = <T>(question: () => Promise<T>) =>
    pRetry(question, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 5_000,
      shouldRetry: ({ error }) => isTransient(error),
      onFailedAttempt: ({ error }) => {
        if (isTransient(error)) waiting(error.message)
      },
    }).catch((error: unknown) => {
      throw databaseError(error)
    })
  for (const oddity of await asked(() => checkDatabase(database.pool, clock))) logger.warn(oddity)
  for (const name of ['shards', 'rules'] as const) {
    const value = settings[name]
    if (value === undefined) continue
    const agreed = await asked(() => sharedSetting(database.pool, name, String(value)))
    if (agreed !== String(value)) {
      const { variable, else: otherwise } = shared[name]
      throw new ConfigError(`${variable} is ${value}, but this database has ${agreed}: ${otherwise}`)
    }
  }
  return { value: undefined, stop: async () => {} }
}
