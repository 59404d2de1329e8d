import { type ListedReport, listReports, reportById } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { defineCursor, microseconds, rowId } from '../cursor.ts'
import { defineResource, WithJsonText } from '../defineResource.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, isoPeriod, limit, optionalText, rowIdentifier, toPeriod } from '../parameters.ts'
import { rowNumber, time, toTime } from '../values.ts'

const shape = {
  id: rowNumber,
  name: z.string(),
  version: z.int(),
  region: z.string().meta({ description: 'Beginning of the names of the deployments; empty: all.' }),
  period_start: time,
  period_end: time,
  created_at: time,
}

const reportItem = z.object(shape).meta({ id: 'Report' })

function toReport(row: ListedReport): z.infer<typeof reportItem> {
  const { id, name, version, region } = row
  return {
    id,
    name,
    version,
    region,
    period_start: toTime(row.periodStart),
    period_end: toTime(row.periodEnd),
    created_at: toTime(row.createdAt),
  }
}

const cursor = defineCursor('reports', z.tuple([microseconds, rowId]))

export const reportList = defineResource({
  path: 'reports',
  summary: 'Stored reports, latest first',
  access: 'all',
  parameters: {
    name: optionalText('Name of the report.'),
    ...isoPeriod('reports created'),
    after: cursor.parameter.optional().meta(describeAfter),
    limit,
  },
  answer: pageOf(reportItem).meta({ id: 'Reports' }),
  load: async ({ db }, { name, from, until, after, limit }) => {
    const [createdAt, id] = after ?? []
    const rows = await listReports(db, {
      name,
      created: toPeriod(from, until),
      after: createdAt === undefined || id === undefined ? undefined : { createdAt, id },
      limit: rowsToRead(limit),
    })
    return toPage(rows, limit, toReport, ({ createdAt, id }) => cursor.encode([createdAt, id]))
  },
})

export const oneReport = defineResource({
  path: 'reports/:id',
  summary: 'One report',
  access: 'all',
  parameters: { id: rowIdentifier },
  answer: z
    .object({
      ...shape,
      parameters: z.object({ deployments: z.array(z.string()).optional(), percentile: z.number().optional() }),
      report: z.unknown().meta({ description: 'Its shape depends on name and version.' }),
    })
    .meta({ id: 'WholeReport' }),
  load: async ({ db }, { id }) => {
    const report = await reportById(db, id)
    if (report === null) throw new HttpError(404, `There is no report ${id}`)
    return new WithJsonText({ ...toReport(report), parameters: report.parameters }, 'report', report.json)
  },
})
