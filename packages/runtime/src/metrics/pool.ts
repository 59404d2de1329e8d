import type { Metrics } from './metrics.ts'

/** What is counted of a pool of database connections; it costs nothing to ask. */
export interface PoolCounts {
  totalCount: number
  idleCount: number
  /** Who waits for a connection. */
  waitingCount: number
}

/** @param size connections at most */
export function poolMetrics(metrics: Metrics, pool: PoolCounts, size: number): void {
  metrics.gauge(
    { name: 'database_connections_used', help: 'Connections to the database that work at this moment.' },
    () => pool.totalCount - pool.idleCount,
  )
  metrics.gauge(
    { name: 'database_connections_idle', help: 'Connections to the database that wait for work.' },
    () => pool.idleCount,
  )
  metrics.gauge(
    { name: 'database_connections_limit', help: 'Connections to the database at most (DATABASE_POOL).' },
    () => size,
  )
  metrics.gauge(
    { name: 'database_connections_pending', help: 'Requests waiting for a database connection.' },
    () => pool.waitingCount,
  )
}
