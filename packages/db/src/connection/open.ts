import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/client.ts'
import { refuseWriter } from './writePrivilegeWarning.ts'

export interface DatabaseOptions {
  url: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Connections at most. */
  size?: number
  /** Every transaction of these connections refuses to write. */
  readOnly?: boolean
  /** A connection whose role could write is refused. */
  refuseWriters?: boolean
  /** Milliseconds after which a statement is cut off. */
  statementTimeout?: number
  /** Milliseconds after which a query that the server does not answer fails: its host may be gone without a word. */
  queryTimeout?: number
  /** Told of the errors of idle connections; the pool replaces them by itself. */
  onIdleError?: (error: Error) => void
}

/**
 * Milliseconds after which the server ends a transaction in which nothing happens: its client's host may be gone without a
 * word, and its locks must go, too.
 */
const IDLE_TRANSACTION = 60_000

/** Milliseconds of silence after which the network is asked whether the server is still there. */
const KEEP_ALIVE = 10_000

/** Milliseconds that closing may take. */
const CLOSE_PATIENCE = 2_000

/** One pool of connections: Prisma for ordinary queries, the pool itself for set-based SQL. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  close(): Promise<void>
}

/** Opens a database. Does not connect before the first query, so it never fails. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, options: given } = apartFromOptions(options.url)
  // Ours are the last, and so count.
  const settings = [
    ...given,
    `-c idle_in_transaction_session_timeout=${IDLE_TRANSACTION}`,
    ...(options.readOnly ? ['-c default_transaction_read_only=on'] : []),
    ...(options.statementTimeout === undefined ? [] : [`-c statement_timeout=${options.statementTimeout}`]),
  ]
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.size ?? 10,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    // Without it a dead server is waited for for ever.
    connectionTimeoutMillis: 5_000,
    ...(options.queryTimeout === undefined ? {} : { query_timeout: options.queryTimeout }),
    ...(options.refuseWriters ? { verify: refuseWriter } : {}),
    options: settings.join(' '),
  })
  pool.on('error', options.onIdleError ?? (() => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    prisma,
    pool,
    async close() {
      // A server that is gone does not say goodbye.
      await Promise.race([
        prisma.$disconnect().then(() => pool.end()),
        new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE).unref()),
      ])
    },
  }
}

/** The driver lets the `options` of a URL replace those it is given. */
function apartFromOptions(url: string): { url: string; options: string[] } {
  const parsed = new URL(url)
  const options = parsed.searchParams.getAll('options')
  if (options.length === 0) return { url, options }
  parsed.searchParams.delete('options')
  return { url: parsed.href, options }
}
