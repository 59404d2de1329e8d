import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/client.ts'
import { columnParsers } from './columnParsers.ts'
import { ServerClient, type ServerClientConfig } from './serverClient.ts'
import { serverOf } from './serverSelector.ts'
import { checkSession, startupOptions } from './sessionCheck.ts'
import { refuseWriter } from './writePrivilegeWarning.ts'

export interface DatabaseOptions {
  /** May name several servers: see parseDatabaseUrl. */
  url: string
  /** The variable with the URL, for messages; by default DATABASE_URL. */
  variable?: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Maximum number of connections; default 10. */
  size?: number
  /** Transactions are read-only; `if possible`: not behind a pooler whose role can write. */
  readOnly?: boolean | 'if possible'
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

/** More time to connect, for each server that may have to be tried. */
const TRY_TIMEOUT_MS = 2_000

const CLOSE_TIMEOUT_MS = 2_000

/** After a write on a read-only server, no connections are dropped again for this long. */
const DROP_INTERVAL_MS = 1_000

/** One connection pool: used by Prisma for ordinary queries, and directly for set-based SQL. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  close(): Promise<void>
}

/** Creates the pool. It connects with the first query, so this function never fails. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, options: urlOptions } = splitOptions(options.url)
  const { connectionString, target, selector } = serverOf(url, options.readOnly ? 'any' : 'read-write')
  const { variable = 'DATABASE_URL' } = options
  const readOnly = Boolean(options.readOnly)
  const settings = {
    readOnly,
    statementTimeout: options.statementTimeout,
    idleTransactionTimeout: IDLE_TRANSACTION_TIMEOUT_MS,
  }
  const clients = new Set<ServerClient>()
  const config: pg.PoolConfig & ServerClientConfig = {
    connectionString,
    application_name: options.applicationName,
    max: options.size ?? 10,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS + TRY_TIMEOUT_MS * (selector?.length ?? 0),
    ...(options.queryTimeout === undefined ? {} : { query_timeout: options.queryTimeout }),
    verify: (client, done) => {
      checkSession(client, settings, { target, variable, requiresReadOnly: options.readOnly === true }).then(
        () => (options.refuseWriters ? refuseWriter(client, done) : done()),
        done,
      )
    },
    options: startupOptions(settings, urlOptions),
    types: columnParsers,
    Client: ServerClient,
    ...(selector === null ? {} : { selector }),
    ...(readOnly ? {} : { onReadOnly: dropAll(clients) }),
  }
  const pool = new pg.Pool(config)
  pool.on('connect', (client) => {
    if (client instanceof ServerClient) clients.add(client)
  })
  pool.on('remove', (client) => {
    if (client instanceof ServerClient) clients.delete(client)
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

/** Drops all connections when the server has become read-only, so that the next ones look for the primary. */
function dropAll(clients: ReadonlySet<ServerClient>): () => void {
  let droppedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - droppedAt < DROP_INTERVAL_MS) return
    droppedAt = performance.now()
    // After the error has been delivered to its statement.
    setImmediate(() => {
      for (const client of clients) client.drop()
    })
  }
}

/** Removes `options` from the URL, because the driver would use them instead of its own `options` parameter. */
function splitOptions(url: string): { url: string; options: string[] } {
  const [base = '', query] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  const options = parameters.getAll('options')
  if (options.length === 0) return { url, options }
  parameters.delete('options')
  return { url: parameters.size === 0 ? base : `${base}?${parameters}`, options }
}
