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

/** Scope and options of a report. */
export interface ReportRequest {
  scope: ReportScope
  /** Region or names of deployments, as displayed; empty for all deployments. */
  region: string
  /** Names of the covered deployments. */
  deployments: readonly string[]
  percentile: number
}

type MakeReport = (client: Queryable, request: ReportRequest) => Promise<unknown>

/** Makes each kind of report: queries the database and shapes the result. */
export const makeReport: Record<ReportKind, MakeReport> = {
  'image-events-audit': fromQuery(countImageEvents, imageEventsAudit.shape),
  'nova-usage-audit': fromQuery(auditNovaUsage, novaUsageAudit.shape),
  'glance-usage-audit': fromQuery(auditGlanceUsage, glanceUsageAudit.shape),
  'public-outbound-bandwidth': fromQuery(sumBandwidth, publicOutboundBandwidth.shape),
  'instance-hours': fromQuery(sumInstanceHours, instanceHours.shape),

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
      const rows = await requestDetails(
        client,
        detailed.map(({ request }) => request),
      )
      const details = new Map(detailed.map((request, index) => [request, rows[index] ?? []]))
      for (const request of failed) countFailure(tally, request, details.get(request) ?? [])
    }
    return errorDetails.shape(tally)
  },
}

function fromQuery<T>(
  collect: (client: Queryable, scope: ReportScope) => Promise<T>,
  shape: (collected: T) => unknown,
): MakeReport {
  return async (client, { scope }) => shape(await collect(client, scope))
}
