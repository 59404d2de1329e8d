import type { Service, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable, subjectColumn } from './listedNotification.ts'
import { notificationSpan } from './notificationSpan.ts'
import { overlap, type Page } from './period.ts'

/** A service's notifications of an instance (glance: of an image), oldest first. */
export async function notificationsOfUuid(
  db: Database,
  { service, uuid, period, limit, offset }: Page & { service: Service; uuid: string; period: TimePeriod },
): Promise<ListedNotification[]> {
  const span = await notificationSpan(db, service, service === 'glance' ? 'image' : 'instance', uuid)
  if (span === null) return []
  const { from, until } = overlap(span, period)
  const { rows } = await db.pool.query<ListedNotification>(
    `select ${listedColumns(service)}
       from ${notificationTable[service]} n
      where n.${subjectColumn[service]} = $1 and n."when" >= $2 and n."when" < $3
      order by n."when", n.id limit $4 offset $5`,
    [uuid, from, until, limit, offset],
  )
  return rows
}
