import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable } from './listedNotification.ts'
import { notificationIdSpan } from './notificationSpan.ts'

export interface WholeNotification extends ListedNotification {
  publisher: string
  /** The OpenStack component that published it, e.g. compute, api or image. */
  service: string
  /** Text of the JSON `[routing_key, notification]`, exactly as stored: all digits and keys. */
  json: string
}

/** A service's notification by id; null if there is none. */
export async function notificationById(db: Database, service: Service, id: bigint): Promise<WholeNotification | null> {
  const span = await notificationIdSpan(db, service, id)
  if (span === null) return null
  const { rows } = await db.pool.query<WholeNotification>(
    `select ${listedColumns(service)}, n.publisher, n.service, n.json::text as json
       from ${notificationTable[service]} n
      where n.id = $1 and n."when" >= $2 and n."when" < $3`,
    [id, span.from, span.until],
  )
  return rows[0] ?? null
}
