import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { IDS_PER_SPAN } from '../store/storeStatement.ts'
import type { Period } from './period.ts'

export type SpanKind = 'instance' | 'request' | 'image' | 'id'

/**
 * The time span of the notifications with a key, which limits the partitions to search. Null if there are none.
 */
export async function notificationSpan(
  db: Database,
  service: Service,
  kind: SpanKind,
  key: string,
): Promise<Period | null> {
  const span = await db.prisma.notificationSpan.findUnique({ where: { service_kind_key: { service, kind, key } } })
  return span === null ? null : { min: Number(span.lower), max: Number(span.upper) - 1 }
}

/** Like notificationSpan, for a notification id. */
export function notificationIdSpan(db: Database, service: Service, id: bigint): Promise<Period | null> {
  return notificationSpan(db, service, 'id', String(id / BigInt(IDS_PER_SPAN)))
}
