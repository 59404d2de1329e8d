export { type ApiConfig, apiConfig, readApiTokens } from './config/api.ts'
export { describeBrokerError } from './config/brokerTrouble.ts'
export {
  brokerOf,
  type DeploymentEntry,
  type QueueBinding,
  readDeployments,
} from './config/deployments.ts'
export {
  type IngestConfig,
  importConfig,
  ingestConfig,
  type JobsConfig,
  jobsConfig,
  migrateConfig,
  type OperatorConfig,
  operatorConfig,
} from './config/processes.ts'
export { ConfigError } from './config/readConfig.ts'
export { type Component, Composition } from './lifecycle.ts'
export { explainListening } from './listening.ts'
export { createLogger, type Logger } from './logger.ts'
export { messageOf } from './messageOf.ts'
export { Metrics } from './metrics/metrics.ts'
export { poolMetrics } from './metrics/pool.ts'
export type { Sample } from './metrics/reader.ts'
export { startMetrics } from './metrics/startMetrics.ts'
export { now } from './now.ts'
export { runProcess } from './runProcess.ts'
export { throttled } from './throttled.ts'
export { findToken, newToken, parseTokens, type Token } from './tokens.ts'
export { settleWithin, withTimeout } from './withTimeout.ts'
