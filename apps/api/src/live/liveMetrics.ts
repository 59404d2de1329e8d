import type { Metrics } from '@stacktach/runtime'

/** What the hub counts. */
export interface LiveMetrics {
  clients(count: number): void
  delivered(notifications: number): void
  disconnectedAsSlow(): void
  gap(): void
}

/** Adds the metrics of live notifications. */
export function liveMetrics(metrics: Metrics): LiveMetrics {
  const clients = metrics.gauge({ name: 'api_live_clients', help: 'Clients that are connected to /v1/live.' })
  const delivered = metrics.counter({
    name: 'api_live_notifications_total',
    help: 'Notifications sent to the clients of /v1/live, counted for each client.',
  })
  const slow = metrics.counter({
    name: 'api_live_slow_clients_total',
    help: 'Clients of /v1/live that were disconnected because they did not read fast enough.',
  })
  const gaps = metrics.counter({
    name: 'api_live_gaps_total',
    help: 'Events with which clients of /v1/live learned that notifications were skipped.',
  })
  return {
    clients: (count) => clients.set(count),
    delivered: (notifications) => delivered.inc(notifications),
    disconnectedAsSlow: () => slow.inc(),
    gap: () => gaps.inc(),
  }
}
