/** Temporary errors: the work is retried unchanged. Any other error is a bug or bad input. */
const transientCodes = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25P03', // idle_in_transaction_session_timeout
  '25006', // read_only_sql_transaction: a standby, until it is promoted
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  // Prisma's codes for these errors.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
])

/** OpenSSL's and Node's codes for a certificate that they do not accept. */
const untrustedCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const transientMessages =
  /Query read timeout|Connection terminated|^timeout expired$|timeout exceeded when trying to connect|Client has encountered a connection error|Connection ended unexpectedly/i

/** Whether the database was unavailable, busy or out of space: the statement and its data may be correct. */
export function isTransient(error: unknown): boolean {
  return causes(error).some((cause) => transientCodes.has(codeOf(cause)) || transientMessages.test(messageOf(cause)))
}

/** Whether PostgreSQL ended this transaction so that another one, which waited for it, can continue. */
export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === '40P01'
}

/** Whether no connection was available in time: all are in use, or connecting timed out. */
export function isExhausted(error: unknown): boolean {
  return causes(error).some((cause) => messageOf(cause).includes('timeout exceeded when trying to connect'))
}

/** Whether a query timed out without an answer of the server. Its connection is no longer usable. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout'
}

/**
 * Classifies an error that concerns the database as a whole. `not migrated` includes a missing database.
 *
 * @returns null for every other error
 */
export function databaseTrouble(
  error: unknown,
): 'unavailable' | 'login failed' | 'no tls' | 'untrusted' | 'not migrated' | null {
  const codes = causes(error).map(codeOf)
  // Codes of PostgreSQL and of Prisma for a missing table, column or database.
  if (codes.some((code) => ['42P01', '42703', '3D000', 'P2021', 'P2022', 'P1003'].includes(code))) return 'not migrated'
  if (codes.some((code) => code.startsWith('28') || code === 'P1000')) return 'login failed'
  if (causes(error).some((cause) => messageOf(cause).includes('does not support SSL connections'))) return 'no tls'
  if (codes.some((code) => untrustedCodes.has(code))) return 'untrusted'
  return isTransient(error) ? 'unavailable' : null
}

/** Name of the constraint that refuses new rows in a partition. */
export const SEAL_CONSTRAINT = 'sealed'

/** Whether there is no open partition for a row: another process sealed or dropped it. */
export function isMissingPartition(error: unknown): boolean {
  if (codeOf(error) !== '23514') return false
  return messageOf(error).startsWith('no partition of relation') || property(error, 'constraint') === SEAL_CONSTRAINT
}

/** Whether PostgreSQL refused a row for its content: data exception, check violation, or a limit of the program. */
export function isRefusedRow(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('22') || code.startsWith('54') || code === '23514' || code === '23502'
}

/** Whether a replica cancelled a query that conflicted with the replay of the WAL. */
export function isRecoveryConflict(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === '40001')
}

/** Whether the server cancelled a statement because of statement_timeout. */
export function isStatementTimeout(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === '57014')
}

/** An error and its causes: Prisma and the driver adapter wrap PostgreSQL's error. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let next = error; next !== undefined && next !== null && chain.length < 8; next = property(next, 'cause')) {
    chain.push(next, property(property(property(next, 'meta'), 'driverAdapterError'), 'cause'))
  }
  return chain.filter((cause) => cause !== undefined)
}

function codeOf(error: unknown): string {
  const code = property(error, 'originalCode') ?? property(error, 'code')
  return typeof code === 'string' ? code : ''
}

function messageOf(error: unknown): string {
  const message = property(error, 'message')
  return typeof message === 'string' ? message : ''
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
