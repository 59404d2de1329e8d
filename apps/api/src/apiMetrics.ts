import type { Metrics } from '@stacktach/runtime'
import type { CompletedRequest } from './http/requestLog.ts'

/** Seconds; the last is the usual limit of a statement. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What `api` counts of the calls that are over. */
export function apiMetrics(metrics: Metrics): (call: CompletedRequest) => void {
  const duration = metrics.histogram(
    {
      name: 'api_request_duration_seconds',
      help: 'How long calls took until their answer was sent, by the path of the endpoint (none: there is none there).',
      labels: ['endpoint', 'status'],
    },
    durations,
  )
  return ({ endpoint, status, milliseconds }) =>
    duration.observe({ endpoint: endpoint ?? 'none', status: String(status) }, milliseconds / 1000)
}
