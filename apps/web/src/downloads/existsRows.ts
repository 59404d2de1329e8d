import { type Database, type ExistsFilter, type ExistsPlace, existsList } from '@stacktach/db'
import { z } from 'zod'
import { defineDownload, type WebDownload } from '../page/defineDownload.ts'
import { type FileCell, type TableFormat, tableFile, tableFormats } from '../page/tableFile.ts'
import { existsFilters, toExistsFilter } from '../usage/existsParameters.ts'
import { isoInstant } from '../view/links.ts'

/** Rows read by one query. */
const BATCH_ROWS = 2_000

const columns = [
  ...['service', 'id', 'notification_id', 'when', 'deployment', 'audit_period_beginning', 'audit_period_ending'],
  ...['status', 'fail_reason', 'published', 'launched_at', 'deleted_at', 'flavor', 'tenant', 'subject'],
]

/** All exists that meet some filters. */
export const existsRows: readonly WebDownload[] = tableFormats.map((format: TableFormat) =>
  defineDownload({
    path: `/exists.${format}`,
    access: 'all',
    params: z.object(existsFilters),
    open: ({ db }, parameters) =>
      tableFile(format, `exists-${parameters.service}`, columns, cells(db, toExistsFilter(parameters))),
  }),
)

/** Page after page, so that a slow client holds no connection. */
async function* cells(db: Database, filter: ExistsFilter): AsyncGenerator<FileCell[][]> {
  let after: ExistsPlace | undefined
  for (;;) {
    const rows = await existsList(db, { ...filter, after, limit: BATCH_ROWS })
    yield rows.map((row) => [
      filter.service,
      row.id,
      row.notificationId,
      isoInstant(row.when),
      row.deployment,
      timeCell(row.periodStart),
      timeCell(row.periodEnd),
      row.status,
      row.failReason,
      row.sendStatus >= 200 && row.sendStatus <= 299 ? 'yes' : 'no',
      isoInstant(row.launchedAt),
      timeCell(row.deletedAt),
      row.flavor,
      row.tenant,
      row.subject,
    ])
    after = rows.at(-1)
    if (rows.length < BATCH_ROWS) return
  }
}

function timeCell(instant: number | null): string | null {
  return instant === null ? null : isoInstant(instant)
}
