import { ConfigError, readConfig } from './readConfig.ts'

const database = ['DATABASE_URL', 'DATABASE_POOL'] as const
const operation = ['LOG_LEVEL', 'METRICS_HOST', 'METRICS_PORT'] as const
/** How messages are read: see ReadOptions of packages/ingestion. */
const reading = ['MAX_BODY', 'RULES', 'CONTROL_EXCHANGES'] as const
const redis = ['REDIS_URL', 'REDIS_PREFIX'] as const

/** Batches per PREFETCH: two are stored while the next one arrives. */
const BATCHES_PER_PREFETCH = 3

/**
 * Configuration of `ingest`.
 *
 * @throws ConfigError with one line per fault
 */
export function ingestConfig(environment: NodeJS.ProcessEnv) {
  const config = readConfig(environment, [
    ...database,
    ...redis,
    ...operation,
    'STACKTACH_DEPLOYMENTS_FILE',
    ...reading,
    'BATCH_SIZE',
    'BATCH_LINGER',
    'PREFETCH',
    'SHARDS',
    'PARTITION_DAYS',
  ])
  const { BATCH_SIZE } = config
  const minimum = BATCHES_PER_PREFETCH * BATCH_SIZE
  const PREFETCH = config.PREFETCH ?? minimum
  if (PREFETCH < minimum) {
    throw new ConfigError(
      `PREFETCH is ${PREFETCH}, but BATCH_SIZE is ${BATCH_SIZE}: PREFETCH must be at least ${BATCHES_PER_PREFETCH} × BATCH_SIZE = ${minimum}`,
    )
  }
  return { ...config, PREFETCH }
}

/**
 * Configuration of `jobs`. Retention days: null is forever.
 *
 * @throws ConfigError with one line per fault
 */
export function jobsConfig(environment: NodeJS.ProcessEnv) {
  const config = readConfig(environment, [
    ...database,
    ...redis,
    ...operation,
    ...reading,
    'SHARDS',
    'PARTITION_DAYS',
    'RETENTION_DAYS',
    'RETENTION_DAYS_NOVA',
    'RETENTION_DAYS_GLANCE',
    'RETENTION_DAYS_GENERIC',
    'AGGREGATE_RETENTION_DAYS',
    'VERIFY_LEVEL',
    'VERIFY_FLAVOR_FIELD',
    'VERIFY_SETTLE_SECONDS',
    'PUBLISH_URL',
    'PUBLISH_EXCHANGE',
    'PUBLISH_ROUTING_KEYS',
    'PUBLISH_NOVA_EVENT',
    'PUBLISH_GLANCE_EVENT',
    'PUBLISH_WEBHOOK_URL',
    'PUBLISH_WEBHOOK_SECRET',
    'PUBLISH_WEBHOOK_SECRET_FILE',
    'REPORT_SCHEDULES',
  ])
  return { ...config, ...retention(config) }
}

interface Retention {
  RETENTION_DAYS: number | null
  RETENTION_DAYS_NOVA?: number | null | undefined
  RETENTION_DAYS_GLANCE?: number | null | undefined
  RETENTION_DAYS_GENERIC?: number | null | undefined
  AGGREGATE_RETENTION_DAYS: number | null
}

/** Aggregates are kept at least as long as the notifications that they are computed from. */
function retention(config: Retention) {
  const daysOf = (days: number | null | undefined) => (days === undefined ? config.RETENTION_DAYS : days)
  const retentionDays = {
    RETENTION_DAYS_NOVA: daysOf(config.RETENTION_DAYS_NOVA),
    RETENTION_DAYS_GLANCE: daysOf(config.RETENTION_DAYS_GLANCE),
    RETENTION_DAYS_GENERIC: daysOf(config.RETENTION_DAYS_GENERIC),
  }
  const aggregates = config.AGGREGATE_RETENTION_DAYS
  const outlives = (days: number | null) => days === null || (aggregates !== null && days > aggregates)
  if (
    aggregates !== null &&
    (outlives(retentionDays.RETENTION_DAYS_NOVA) || outlives(retentionDays.RETENTION_DAYS_GLANCE))
  ) {
    throw new ConfigError(
      `AGGREGATE_RETENTION_DAYS is ${aggregates}, but notifications of nova or glance are kept longer: keep aggregates at least as long`,
    )
  }
  return retentionDays
}

/**
 * Configuration of `migrate`.
 *
 * @throws ConfigError with one line per fault
 */
export function migrateConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, ['DATABASE_URL', 'LOG_LEVEL'])
}

/**
 * Configuration of `import`.
 *
 * @throws ConfigError with one line per fault
 */
export function importConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, [...database, ...reading, 'SHARDS', 'PARTITION_DAYS'])
}

/**
 * Configuration of the operator commands.
 *
 * @throws ConfigError with one line per fault
 */
export function operatorConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, [
    ...database,
    'DATABASE_READ_URL',
    ...redis,
    'STACKTACH_DEPLOYMENTS_FILE',
    'LOG_LEVEL',
  ])
}

/**
 * Configuration of `reconcile`, beside that of the operator commands.
 *
 * @throws ConfigError with one line per fault
 */
export function reconcileConfig(environment: NodeJS.ProcessEnv) {
  return readConfig(environment, [
    'OS_AUTH_URL',
    'OS_APPLICATION_CREDENTIAL_ID',
    'OS_APPLICATION_CREDENTIAL_SECRET',
    'OS_REGION_NAME',
    'OS_INTERFACE',
  ])
}

export type IngestConfig = ReturnType<typeof ingestConfig>
export type JobsConfig = ReturnType<typeof jobsConfig>
export type OperatorConfig = ReturnType<typeof operatorConfig>
