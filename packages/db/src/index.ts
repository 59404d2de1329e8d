export { isRefusedRow, isStatementTimeout, isTransient } from './errors.ts'
export { type MigrateResult, migrate } from './migrate.ts'
export { type Database, type DatabaseOptions, openDatabase } from './open.ts'
export { inTransaction, type Queryable } from './transaction.ts'
