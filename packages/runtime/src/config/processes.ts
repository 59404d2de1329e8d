import { readConfig } from './readConfig.ts'

const database = ['DATABASE_URL', 'DATABASE_POOL'] as const
const operation = ['LOG_LEVEL', 'METRICS_HOST', 'METRICS_PORT'] as const
const redis = ['REDIS_URL', 'REDIS_PREFIX'] as const

/** Configuration of `ingest`. Throws ConfigError. */
export function ingestConfig(environment: NodeJS.ProcessEnv) {
  const config = readConfig(environment, [
    ...database,
    ...redis,
    ...operation,
    'STACKTACH_DEPLOYMENTS_FILE',
    'MAX_BODY',
    'BATCH_SIZE',
    'BATCH_LINGER',
    'PREFETCH',
    'SHARDS',
    'PARTITION_DAYS',
    'RETENTION_DAYS',
  ])
  return { ...config, PREFETCH: Math.max(config.PREFETCH ?? 0, 2 * config.BATCH_SIZE) }
}

/** Configuration of `jobs`. Throws ConfigError. */
export function jobsConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, [
    ...database,
    ...redis,
    ...operation,
    'MAX_BODY',
    'RULES',
    'SHARDS',
    'PARTITION_DAYS',
    'RETENTION_DAYS',
    'VERIFY_LEVEL',
    'VERIFY_FLAVOR_FIELD',
    'VERIFY_SETTLE_SECONDS',
    'PUBLISH_URL',
    'PUBLISH_EXCHANGE',
    'PUBLISH_ROUTING_KEYS',
    'PUBLISH_NOVA_EVENT',
    'PUBLISH_GLANCE_EVENT',
    'REPORT_SCHEDULES',
  ])
}

/** Configuration of `migrate`. Throws ConfigError. */
export function migrateConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, ['DATABASE_URL', 'LOG_LEVEL'])
}

/** Configuration of the operator commands. Throws ConfigError. */
export function operatorConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, [...database, ...redis, 'STACKTACH_DEPLOYMENTS_FILE', 'LOG_LEVEL'])
}

export type IngestConfig = ReturnType<typeof ingestConfig>
export type JobsConfig = ReturnType<typeof jobsConfig>
export type OperatorConfig = ReturnType<typeof operatorConfig>
