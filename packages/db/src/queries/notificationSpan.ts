import type { Service, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { IDS_PER_SPAN } from '../store/storeStatement.ts'

export type SpanKind = 'instance' | 'request' | 'image' | 'id'

/** The period of the notifications with a key, which limits the partitions to search. Null if there are none. */
export async function notificationSpan(
  db: Database,
  service: Service,
  kind: SpanKind,
  key: string,
): Promise<TimePeriod | null> {
  const span = await db.prisma.notificationSpan.findUnique({ where: { service_kind_key: { service, kind, key } } })
  return span === null ? null : { from: Number(span.lower), until: Number(span.upper) }
}

/** Like notificationSpan, for a notification id. */
export function notificationIdSpan(db: Database, service: Service, id: bigint): Promise<TimePeriod | null> {
  return notificationSpan(db, service, 'id', String(id / BigInt(IDS_PER_SPAN)))
}
