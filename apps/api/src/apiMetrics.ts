import type { Metrics } from '@stacktach/runtime'
import type { CompletedRequest } from './http/requestLog.ts'

/** Seconds. The last bucket is the default of API_STATEMENT_TIMEOUT. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Adds the metrics of the api. Returns the function that records a completed request. */
export function apiMetrics(metrics: Metrics): (request: CompletedRequest) => void {
  const duration = metrics.histogram(
    {
      name: 'api_request_duration_seconds',
      help: 'Duration of requests until the response was sent, by path of the endpoint (none: no such endpoint).',
      labels: ['endpoint', 'status'],
    },
    DURATION_BUCKETS,
  )
  return ({ endpoint, status, milliseconds, isStream }) => {
    // The duration of a stream says nothing about the api.
    if (!isStream) duration.observe({ endpoint: endpoint ?? 'none', status: String(status) }, milliseconds / 1000)
  }
}
