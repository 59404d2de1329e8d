import type { Metrics } from './metrics.ts'

/** Counts of a pool of database connections, as pg.Pool has them. */
export interface PoolCounts {
  totalCount: number
  idleCount: number
  /** Requests waiting for a connection. */
  waitingCount: number
}

/**
 * Adds the gauges of a connection pool.
 *
 * @param size maximum number of connections
 */
export function poolMetrics(metrics: Metrics, pool: PoolCounts, size: number): void {
  metrics.gauge(
    { name: 'database_connections_used', help: 'Database connections in use.' },
    () => pool.totalCount - pool.idleCount,
  )
  metrics.gauge({ name: 'database_connections_idle', help: 'Idle database connections.' }, () => pool.idleCount)
  metrics.gauge(
    { name: 'database_connections_limit', help: 'Maximum number of database connections (DATABASE_POOL).' },
    () => size,
  )
  metrics.gauge(
    { name: 'database_connections_pending', help: 'Requests waiting for a database connection.' },
    () => pool.waitingCount,
  )
}
