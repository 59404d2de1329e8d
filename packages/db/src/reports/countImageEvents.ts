import type { ImageEventCounts } from '@stacktach/domain'
import { shownSendStatus } from '../sql/existsStatus.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Counts image events in a period. */
export async function countImageEvents(
  client: Queryable,
  { period: { from: start, until: end }, deployments }: ReportScope,
): Promise<ImageEventCounts> {
  const { rows } = await client.query<Record<keyof ImageEventCounts, number>>(
    `with happened as (
       select event from notification_glance
        where "when" >= $1 and "when" < $2 and event = any('{image.upload,image.activate,image.delete}')
          and ($3::int[] is null or deployment_id = any($3))
     ), existed as (
       select ${shownSendStatus('e')} as send_status from image_exists e
        where "when" >= $1 and "when" < $2 and ($3::int[] is null or deployment_id = any($3))
     )
     select count(*) filter (where event = 'image.upload')::int as "image.upload",
            count(*) filter (where event = 'image.activate')::int as "image.activate",
            count(*) filter (where event = 'image.delete')::int as "image.delete",
            (select count(*) from existed)::int as "image.exists",
            (select count(*) from existed where send_status between 200 and 299)::int as "image.exists.verified"
       from happened`,
    [start, end, deployments],
  )
  const counts = rows[0]
  if (counts === undefined) throw new Error('count query returned no row')
  return counts
}
