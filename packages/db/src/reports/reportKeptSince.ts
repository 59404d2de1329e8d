import type { Instant, ReportKind } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { type HorizonKind, keptSince } from '../store/horizon.ts'

/** What each report is made from. */
const madeFrom: Record<ReportKind, readonly HorizonKind[]> = {
  'image-events-audit': ['glance', 'aggregates'],
  'nova-usage-audit': ['aggregates'],
  'glance-usage-audit': ['aggregates'],
  'public-outbound-bandwidth': ['aggregates'],
  'instance-hours': ['aggregates'],
  'region-summary': ['nova'],
  'error-details': ['nova'],
}

/** Since when everything is there that a report is made from, null when nothing of it was ever pruned. */
export function reportKeptSince(client: Queryable, kind: ReportKind): Promise<Instant | null> {
  return keptSince(client, madeFrom[kind])
}
