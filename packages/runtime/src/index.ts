export { type ApiConfig, apiConfig, readApiTokens } from './config/api.ts'
export { brokerTrouble } from './config/brokerTrouble.ts'
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
export { Metrics } from './metrics/metrics.ts'
export { poolMetrics } from './metrics/pool.ts'
export type { Reading } from './metrics/reader.ts'
export { startMetrics } from './metrics/startMetrics.ts'
export { runProcess } from './runProcess.ts'
export { sometimes } from './throttled.ts'
export { findToken, newToken, parseTokens, type Token } from './tokens.ts'
