import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type FoundNotification, foundColumns } from './foundNotification.ts'
import { notificationTable } from './listedNotification.ts'
import { notificationIdSpan } from './notificationSpan.ts'

/** A notification with its original. */
export interface NotificationDetail extends FoundNotification {
  /** Text of the JSON of the notification, without secrets and without its envelope: all digits and keys as stored. */
  body: string
}

/** A service's notification by id; null if there is none. */
export async function notificationDetail(
  db: Database,
  service: Service,
  id: number,
): Promise<NotificationDetail | null> {
  const span = await notificationIdSpan(db, service, BigInt(id))
  if (span === null) return null
  const { rows } = await db.pool.query<NotificationDetail>(
    `select ${foundColumns(service)}, (n.json -> 1)::text as body
       from ${notificationTable[service]} n
      where n.id = $1 and n."when" >= $2 and n."when" < $3`,
    [id, span.from, span.until],
  )
  return rows[0] ?? null
}
