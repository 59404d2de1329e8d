import type { Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import {
  type ListedNotification,
  type ListedNotificationRow,
  listedColumns,
  notificationTable,
  toListedNotification,
} from './listedNotification.ts'
import { notificationIdSpan } from './notificationSpan.ts'

export interface WholeNotification extends ListedNotification {
  publisher: string
  /** The part of the cloud that published it: compute, api, image. */
  service: string
  /** Text of the JSON `[routing_key, notification]`, every digit and key as it was stored. */
  json: string
}

type Row = Omit<WholeNotification, 'id' | 'when'> & ListedNotificationRow

/** One notification of a service, null when there is none with this id. */
export async function notificationById(db: Database, service: Service, id: bigint): Promise<WholeNotification | null> {
  const span = await notificationIdSpan(db, service, id)
  if (span === null) return null
  const { rows } = await db.pool.query<Row>(
    `select ${listedColumns(service)}, n.publisher, n.service, n.json::text as json
       from ${notificationTable[service]} n
      where n.id = $1 and n."when" >= $2 and n."when" <= $3`,
    [id, span.min, span.max],
  )
  const row = rows[0]
  return row === undefined ? null : { ...row, ...toListedNotification(row) }
}
