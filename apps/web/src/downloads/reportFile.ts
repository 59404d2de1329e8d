import { type Database, reportText } from '@stacktach/db'
import { HttpError, id } from '@stacktach/http'
import { z } from 'zod'
import { defineDownload } from '../page/defineDownload.ts'

/** The stored JSON of a report. */
export const reportFile = defineDownload({
  path: '/reports/:id.json',
  access: 'all',
  params: z.object({ id }),
  open: ({ db }, { id }) => ({
    filename: `report-${id}.json`,
    type: 'application/json; charset=utf-8',
    parts: text(db, id),
  }),
})

async function* text(db: Database, id: bigint): AsyncGenerator<string> {
  const json = await reportText(db, id)
  if (json === null) throw new HttpError(404, `There is no report ${id}`)
  yield json
}
