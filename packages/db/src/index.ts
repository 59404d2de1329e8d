export * from './arrivals/index.ts'
export * from './billing/index.ts'
export { checkDatabase } from './connection/checkDatabase.ts'
export { checkSharedSettings } from './connection/checkSharedSettings.ts'
export { databaseComponent } from './connection/databaseComponent.ts'
export { databaseError, databaseUnavailable } from './connection/databaseError.ts'
export { type Database, type DatabaseOptions, openDatabase } from './connection/open.ts'
export { confirmPrivilegeWarning, WriterRefused, writePrivilegeWarning } from './connection/writePrivilegeWarning.ts'
export * from './dbApi/index.ts'
export * from './fold/index.ts'
export { migrate } from './migrate.ts'
export { migrateWhenAvailable } from './migrateWhenAvailable.ts'
export * from './queries/index.ts'
export * from './refold/index.ts'
export * from './reports/index.ts'
export * from './retention/index.ts'
export {
  isExhausted,
  isMissingPartition,
  isRecoveryConflict,
  isRefusedRow,
  isStatementTimeout,
  isTransient,
} from './sql/errors.ts'
export { inTransaction, type Queryable, withStatementTimeout } from './sql/transaction.ts'
export * from './store/index.ts'
export * from './verification/index.ts'
