import { searchReports } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { dateTime, day, id, page, textParameter } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { numberCell, table, textCell, timeCell } from '../http/tables.ts'
import { reportHeader } from './reports.ts'

export const reportsSearch = defineEndpoint({
  path: 'reports/search',
  summary: 'Reports by their columns, newest first',
  schema: table({
    Id: numberCell,
    Start: timeCell,
    End: timeCell,
    Created: timeCell,
    Name: textCell,
    Version: numberCell,
  }),
  // Strict, because a misspelt parameter would otherwise match every report.
  parameters: z.strictObject(
    {
      id: id.optional(),
      name: textParameter.optional(),
      created: day.optional(),
      period_start: dateTime.optional(),
      period_end: dateTime.optional(),
      ...page(),
    },
    {
      error: ({ code, keys }) =>
        code === 'unrecognized_keys' ? `The requested fields are not searchable: ${keys.join(', ')}` : undefined,
    },
  ),
  answer: async ({ db }, { period_start: periodStart, period_end: periodEnd, ...parameters }) => {
    const rows = await searchReports(db, { ...parameters, periodStart, periodEnd })
    return [
      reportHeader,
      ...rows.map(({ id, periodStart, periodEnd, createdAt, name, version }) => [
        id,
        formatInstant(periodStart),
        formatInstant(periodEnd),
        formatInstant(createdAt),
        name,
        version,
      ]),
    ]
  },
})
