export { type ApiConfig, apiConfig, readApiTokens } from './config/api.ts'
export { type DatabaseUrl, parseDatabaseUrl, type SessionTarget } from './config/databaseUrl.ts'
export { type BrokerAddress, type DeploymentEntry, type QueueBinding, readDeployments } from './config/deployments.ts'
export {
  type IngestConfig,
  importConfig,
  ingestConfig,
  type JobsConfig,
  jobsConfig,
  migrateConfig,
  type OperatorConfig,
  operatorConfig,
  reconcileConfig,
} from './config/processes.ts'
export { ConfigError } from './config/readConfig.ts'
export { isSentinelUrl, parseSentinelUrl } from './config/sentinelUrl.ts'
export { readWebhookSecret } from './config/webhookSecret.ts'
export { type Component, Composition } from './lifecycle.ts'
export { listenOn, urlOf } from './listening.ts'
export { createLogger, type Logger } from './logger.ts'
export { messageOf } from './messageOf.ts'
export type { Sample } from './metrics/cachedCollector.ts'
export { Metrics } from './metrics/metrics.ts'
export { poolMetrics } from './metrics/pool.ts'
export { startMetrics } from './metrics/startMetrics.ts'
export { now } from './now.ts'
export { runProcess } from './runProcess.ts'
export { throttled } from './throttled.ts'
export { findToken, newToken, parseTokens, type Token, type TokenScope, tokenScopes } from './tokens.ts'
export { settleWithin, withTimeout } from './withTimeout.ts'
