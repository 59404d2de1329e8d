export { checkDatabase } from './checkDatabase.ts'
export {
  databaseTrouble,
  isExhausted,
  isMissingPartition,
  isMissingTable,
  isRecoveryConflict,
  isRefusedRow,
  isStatementTimeout,
  isTransient,
} from './errors.ts'
export { databaseAway, failureOf, reasonOf } from './failureOf.ts'
export * from './hot/index.ts'
export { type MigrateResult, migrate } from './migrate.ts'
export { type Database, type DatabaseOptions, openDatabase } from './open.ts'
export * from './queries/index.ts'
export { reportById, type StoredReport } from './queries/reportById.ts'
export { type SystemStatus, systemStatus } from './queries/systemStatus.ts'
export * from './reports/index.ts'
export * from './retention/index.ts'
export { bounded, inTransaction, type Queryable } from './transaction.ts'
export * from './verification/index.ts'
export { WriterRefused, writerOf } from './writer.ts'
