import type { Service } from '../notifications/service.ts'
import { SECOND } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'
import { errorDetails } from './errorDetails.ts'
import { glanceUsageAudit } from './glanceUsageAudit.ts'
import { imageEventsAudit } from './imageEventsAudit.ts'
import { instanceHours } from './instanceHours.ts'
import { novaUsageAudit } from './novaUsageAudit.ts'
import { publicOutboundBandwidth } from './publicOutboundBandwidth.ts'
import { regionSummary } from './regionSummary.ts'

/** Report kinds, by the names used by operators, schedules and jobs. */
export const reportKinds = [
  'nova-usage-audit',
  'glance-usage-audit',
  'image-events-audit',
  'public-outbound-bandwidth',
  'instance-hours',
  'region-summary',
  'error-details',
] as const

export type ReportKind = (typeof reportKinds)[number]

/** Name and period format of a report. */
export interface ReportHeading {
  name(region: string): string
  version: number
  /** The service whose notifications it uses. */
  service: Service
  /** StackTach's request reports end with the period's last second. */
  endsWithLastSecond: boolean
}

const headings: Record<ReportKind, ReportHeading> = {
  'nova-usage-audit': heading(novaUsageAudit),
  'glance-usage-audit': heading(glanceUsageAudit, 'glance'),
  'image-events-audit': heading(imageEventsAudit, 'glance'),
  'public-outbound-bandwidth': heading(publicOutboundBandwidth),
  'instance-hours': heading(instanceHours),
  'region-summary': { ...regionSummary, service: 'nova', endsWithLastSecond: true },
  'error-details': { ...heading(errorDetails), endsWithLastSecond: true },
}

function heading({ name, version }: { name: string; version: number }, service: Service = 'nova'): ReportHeading {
  return { name: () => name, version, service, endsWithLastSecond: false }
}

/** Metadata stored with a report. */
export function reportHeading(
  kind: ReportKind,
  { period, region }: { period: TimePeriod; region: string },
): { name: string; version: number; service: Service; period: TimePeriod } {
  const { name, version, service, endsWithLastSecond } = headings[kind]
  const end = endsWithLastSecond ? period.until - SECOND : period.until
  return { name: name(region), version, service, period: { from: period.from, until: end } }
}

/** Kind and requested period of a stored report; null for an unknown kind. */
export function reportOrigin(stored: {
  name: string
  region: string
  period: TimePeriod
}): { kind: ReportKind; period: TimePeriod } | null {
  const kind = reportKinds.find((kind) => headings[kind].name(stored.region) === stored.name)
  if (kind === undefined) return null
  const { from: start, until: end } = stored.period
  return { kind, period: { from: start, until: headings[kind].endsWithLastSecond ? end + SECOND : end } }
}
