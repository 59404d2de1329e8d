export {
  catalog,
  isJobName,
  type JobName,
  jobNames,
  type Payload,
  type QueueName,
  type Result,
  refoldProgress,
  refoldSteps,
  replayProgress,
} from './catalog.ts'
export { describeRedisError, permanentRedisError } from './connection.ts'
export {
  countJobs,
  type FailedJob,
  failedJobs,
  idleQueues,
  type QueueCounts,
  type RetryOutcome,
  retryJob,
} from './inspect.ts'
export { ANNOUNCE_INTERVAL_MS, type BrokerConnections, type IngestProcess } from './presence.ts'
export { Producer } from './producer.ts'
export { dueAt, type ReportSchedule, reportSchedules } from './reportSchedules.ts'
export { type WakeUp, WakeUps } from './wakeUps.ts'
export { type FailedAttempt, type Handlers, type Progress, startWorkers, type WorkerEvents } from './workers.ts'
