import type { TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns } from './listedNotification.ts'
import { notificationSpan } from './notificationSpan.ts'
import { overlap, type Page } from './period.ts'

/** Nova's notifications of a request, oldest first. */
export async function notificationsOfRequest(
  db: Database,
  { requestId, period, limit, offset }: Page & { requestId: string; period: TimePeriod },
): Promise<ListedNotification[]> {
  const span = await notificationSpan(db, 'nova', 'request', requestId)
  if (span === null) return []
  const { from, until } = overlap(span, period)
  const { rows } = await db.pool.query<ListedNotification>(
    `select ${listedColumns('nova')}
       from notification_nova n
      where n.request_id = $1 and n."when" >= $2 and n."when" < $3
      order by n."when", n.id limit $4 offset $5`,
    [requestId, from, until, limit, offset],
  )
  return rows
}
