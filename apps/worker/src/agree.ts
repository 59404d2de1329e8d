import { agreedSetting, type Database, isMissingTable, isTransient } from '@stacktach/db'
import { type Component, ConfigError, type Logger } from '@stacktach/runtime'
import pRetry from 'p-retry'

/** Of each setting that all processes of a database share: the variable, and what another value would do. */
const shared = {
  shards: { variable: 'SHARDS', else: 'one instance could be folded by two processes at once' },
  rules: { variable: 'RULES', else: 'aggregates would be made by two sets of rules' },
} as const

type Settings = Partial<Record<keyof typeof shared, string | number>>

/**
 * Waits for the database, however long it takes, and makes sure that this process has what the others have.
 *
 * @throws ConfigError naming the variable that differs
 */
export async function agree(database: Database, settings: Settings, logger: Logger): Promise<Component<void>> {
  for (const name of ['shards', 'rules'] as const) {
    const value = settings[name]
    if (value === undefined) continue
    const agreed = await pRetry(() => agreedSetting(database.pool, name, String(value)), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 5_000,
      shouldRetry: ({ error }) => isTransient(error),
      onFailedAttempt: ({ error }) => logger.warn({ reason: error.message }, 'waiting for the database'),
    }).catch((error: unknown) => {
      if (isMissingTable(error)) throw new ConfigError('DATABASE_URL has not the schema yet: npm run migrate brings it')
      throw error
    })
    if (agreed !== String(value)) {
      const { variable, else: otherwise } = shared[name]
      throw new ConfigError(`${variable} is ${value}, but this database has ${agreed}: ${otherwise}`)
    }
  }
  return { value: undefined, stop: async () => {} }
}
