import type { ImageEventCounts, Instant } from '@stacktach/domain'
import type { Database } from '../open.ts'

/** A stretch of time in microseconds, the end excluded. */
export interface ReportPeriod {
  start: Instant
  end: Instant
}

/** What happened to images in a period. */
export async function countImageEvents({ pool }: Database, { start, end }: ReportPeriod): Promise<ImageEventCounts> {
  const { rows } = await pool.query<Record<keyof ImageEventCounts, number>>(
    `select count(*) filter (where event = 'image.upload')::int as "image.upload",
            count(*) filter (where event = 'image.activate')::int as "image.activate",
            count(*) filter (where event = 'image.delete')::int as "image.delete",
            (select count(*) from image_exists where "when" >= $1 and "when" < $2)::int as "image.exists",
            (select count(*) from image_exists where "when" >= $1 and "when" < $2
                and send_status between 200 and 299)::int as "image.exists.verified"
       from notification_glance
      where "when" >= $1 and "when" < $2 and event = any('{image.upload,image.activate,image.delete}')`,
    [start, end],
  )
  const counts = rows[0]
  if (counts === undefined) throw new Error('a count has a row')
  return counts
}
