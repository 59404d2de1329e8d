import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/client.ts'
import { columnParsers } from './columnParsers.ts'
import { refuseWriter } from './writePrivilegeWarning.ts'

export interface DatabaseOptions {
  url: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Maximum number of connections; default 10. */
  size?: number
  /** Transactions are read-only. */
  readOnly?: boolean
  /** Connecting fails if the role can write. */
  refuseWriters?: boolean
  /** Milliseconds after which the server cancels a statement. */
  statementTimeout?: number
  /** Milliseconds after which a query without an answer fails: the server's host may have died without closing it. */
  queryTimeout?: number
  /** Receives errors of idle connections; the pool replaces these connections automatically. */
  onIdleError?: (error: Error) => void
}

/** The server ends an idle transaction after this time, so that a client whose host died does not keep its locks. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000

/** Idle time before the first TCP keep-alive probe. */
const KEEP_ALIVE_DELAY_MS = 10_000

/** Without a timeout, connecting to a dead server hangs forever. */
const CONNECT_TIMEOUT_MS = 5_000

const CLOSE_TIMEOUT_MS = 2_000

/** One connection pool: used by Prisma for ordinary queries, and directly for set-based SQL. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  close(): Promise<void>
}

/** Creates the pool. It connects with the first query, so this function never fails. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, options: urlOptions } = splitOptions(options.url)
  // The last value of a setting counts.
  const settings = [
    ...urlOptions,
    `-c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_TIMEOUT_MS}`,
    ...(options.readOnly ? ['-c default_transaction_read_only=on'] : []),
    ...(options.statementTimeout === undefined ? [] : [`-c statement_timeout=${options.statementTimeout}`]),
  ]
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.size ?? 10,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(options.queryTimeout === undefined ? {} : { query_timeout: options.queryTimeout }),
    ...(options.refuseWriters ? { verify: refuseWriter } : {}),
    options: settings.join(' '),
    types: columnParsers,
  })
  pool.on('error', options.onIdleError ?? (() => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    prisma,
    pool,
    async close() {
      // An unavailable server does not close its connections.
      await Promise.race([
        prisma.$disconnect().then(() => pool.end()),
        new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref()),
      ])
    },
  }
}

/** Removes `options` from the URL, because the driver would use them instead of its own `options` parameter. */
function splitOptions(url: string): { url: string; options: string[] } {
  const parsed = new URL(url)
  const options = parsed.searchParams.getAll('options')
  if (options.length === 0) return { url, options }
  parsed.searchParams.delete('options')
  return { url: parsed.href, options }
}
