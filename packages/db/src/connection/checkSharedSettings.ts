import type { Instant } from '@stacktach/domain'
import { type Component, ConfigError, type Logger, throttled } from '@stacktach/runtime'
import pRetry from 'p-retry'
import { isTransient } from '../sql/errors.ts'
import { checkDatabase } from './checkDatabase.ts'
import { databaseError, databaseUnavailable } from './databaseError.ts'
import type { Database } from './open.ts'
import { sharedSetting } from './setting.ts'

/** Settings that all processes of a database share: the variable, and the consequence of different values. */
const sharedSettings = {
  shards: { variable: 'SHARDS', consequence: 'two processes could fold the same instance at once' },
  rules: { variable: 'RULES', consequence: 'aggregates would mix two sets of rules' },
} as const

type Settings = Partial<Record<keyof typeof sharedSettings, string | number>>

/**
 * Waits until the database is available, without a time limit, then checks that it has the schema of this version and
 * that the settings are those of the other processes. The first process to start defines them.
 *
 * @throws ConfigError that describes the difference
 */
export async function checkSharedSettings(
  database: Database,
  settings: Settings,
  clock: () => Instant,
  logger: Logger,
): Promise<Component<void>> {
  const warnUnavailable = throttled((reason) => logger.warn({ reason }, databaseUnavailable()))
  const untilAvailable = <T>(query: () => Promise<T>) =>
    pRetry(query, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 5_000,
      shouldRetry: ({ error }) => isTransient(error),
      onFailedAttempt: ({ error }) => {
        if (isTransient(error)) warnUnavailable(error.message)
      },
    }).catch((error: unknown) => {
      throw databaseError(error)
    })
  for (const warning of await untilAvailable(() => checkDatabase(database.pool, clock))) logger.warn(warning)
  for (const name of ['shards', 'rules'] as const) {
    const value = settings[name]
    if (value === undefined) continue
    const sharedValue = await untilAvailable(() => sharedSetting(database.pool, name, String(value)))
    if (sharedValue !== String(value)) {
      const { variable, consequence } = sharedSettings[name]
      throw new ConfigError(`${variable} is ${value}, but this database has ${sharedValue}: ${consequence}`)
    }
  }
  return { value: undefined, stop: async () => {} }
}
