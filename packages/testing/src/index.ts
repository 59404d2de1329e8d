export { type BrokerCluster, type ClusterNode, rabbitmqServer, startBrokerCluster } from './brokerCluster.ts'
export {
  auditSample,
  type CapturedMessage,
  type CapturedStream,
  captured,
  capturedStreams,
  type Expectation,
  expectations,
} from './captured.ts'
export { type CommandHost, startCommandHost } from './commands.ts'
export { createEmptyDatabase, createTestDatabase, type TestDatabase } from './database.ts'
export { deploymentEntry, type Topics } from './deploymentEntry.ts'
export { type Detour, detour, freePort } from './detour.ts'
export { effort } from './effort.ts'
export { type EventStream, openEventStream, type StreamedEvent } from './eventStream.ts'
export { everyAggregate, everyAggregateHash, everyRowId } from './everyAggregate.ts'
export { findProgram } from './findProgram.ts'
export { type MutatedMessage, mutated } from './mutated.ts'
export { type Pooler, pgbouncerProgram, startPgbouncer } from './pgbouncer.ts'
export { runToEnd, startProcess, type TestProcess } from './processes.ts'
export {
  createTestUser,
  createTestVhost,
  exchangeTypes,
  manageBroker,
  type Permissions,
  publish,
  type TestVhost,
} from './rabbit.ts'
export { dropRedisKeys } from './redis.ts'
export { postgresBinaries, type Replicated, startReplicated, type TestServer } from './replicated.ts'
export { startWatchedRedis, type WatchedRedis } from './sentinels.ts'
export { type Services, services } from './services.ts'
export { type TlsFront, testCertificate, tlsFront } from './tlsFront.ts'
export { type TransientRefusal, transientRefusal } from './transientRefusal.ts'
export {
  type ReceivedMessage,
  startWebhookReceiver,
  type WebhookAnswer,
  type WebhookReceiver,
} from './webhookReceiver.ts'
