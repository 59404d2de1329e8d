import type { Instant, ReportKind } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { type HorizonKind, keptSince } from '../store/horizon.ts'

/** The data that each kind of report reads. */
const madeFrom: Record<ReportKind, readonly HorizonKind[]> = {
  'image-events-audit': ['glance', 'aggregates'],
  'nova-usage-audit': ['aggregates'],
  'glance-usage-audit': ['aggregates'],
  'public-outbound-bandwidth': ['aggregates'],
  'instance-hours': ['aggregates'],
  'region-summary': ['nova'],
  'error-details': ['nova'],
}

/** Start of the complete data for a report (µs); null if none of its data was ever pruned. */
export function reportKeptSince(client: Queryable, kind: ReportKind): Promise<Instant | null> {
  return keptSince(client, madeFrom[kind])
}
