import {
  auditGlanceUsage,
  auditNovaUsage,
  countImageEvents,
  type Queryable,
  type ReportScope,
  requestDetails,
  requestsOfPeriod,
  sumBandwidth,
  sumInstanceHours,
} from '@stacktach/db'
import {
  countFailure,
  countRequest,
  emptyErrorTally,
  errorDetails,
  failedRequests,
  glanceUsageAudit,
  imageEventsAudit,
  instanceHours,
  isDetailed,
  novaUsageAudit,
  publicOutboundBandwidth,
  type RegionTally,
  type ReportKind,
  regionSummary,
} from '@stacktach/domain'

/** What a report is asked for with. */
export interface ReportRequest {
  scope: ReportScope
  /** As operators see it, empty for all deployments. */
  region: string
  /** Names of the deployments it covers. */
  deployments: readonly string[]
  percentile: number
}

type MakeReport = (client: Queryable, request: ReportRequest) => Promise<unknown>

/** How each report is made: what the database says, shaped. */
export const makeReport: Record<ReportKind, MakeReport> = {
  'image-events-audit': made(countImageEvents, imageEventsAudit.shape),
  'nova-usage-audit': made(auditNovaUsage, novaUsageAudit.shape),
  'glance-usage-audit': made(auditGlanceUsage, glanceUsageAudit.shape),
  'public-outbound-bandwidth': made(sumBandwidth, publicOutboundBandwidth.shape),
  'instance-hours': made(sumInstanceHours, instanceHours.shape),

  async 'region-summary'(client, { scope, ...options }) {
    const tally: RegionTally = new Map()
    for await (const requests of requestsOfPeriod(client, scope)) {
      for (const request of requests) countRequest(tally, request)
    }
    return regionSummary.shape(tally, { ...options, period: scope.period })
  },

  async 'error-details'(client, { scope }) {
    const tally = emptyErrorTally()
    for await (const requests of requestsOfPeriod(client, scope)) {
      const failed = failedRequests(requests)
      const detailed = failed.filter(isDetailed)
      const found = await requestDetails(
        client,
        detailed.map(({ request }) => request),
      )
      const details = new Map(detailed.map((request, index) => [request, found[index] ?? []]))
      for (const request of failed) countFailure(tally, request, details.get(request) ?? [])
    }
    return errorDetails.shape(tally)
  },
}

function made<T>(
  collect: (client: Queryable, scope: ReportScope) => Promise<T>,
  shape: (collected: T) => unknown,
): MakeReport {
  return async (client, { scope }) => shape(await collect(client, scope))
}
