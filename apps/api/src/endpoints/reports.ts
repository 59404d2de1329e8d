import { reportsCreated } from '@stacktach/db'
import { DAY, toUnixSeconds } from '@stacktach/domain'
import { between, page, unixTime } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { numberCell, table, textCell } from '../http/tables.ts'

export const reportHeader = ['Id', 'Start', 'End', 'Created', 'Name', 'Version']

export const reports = defineEndpoint({
  path: 'reports',
  summary: 'Reports created in a period, oldest first; times are unix times',
  schema: table({
    Id: numberCell,
    Start: z.number(),
    End: z.number(),
    Created: z.number(),
    Name: textCell,
    Version: numberCell,
  }),
  parameters: z.object({ created_from: unixTime.optional(), created_to: unixTime.optional(), ...page() }),
  answer: async ({ db, now }, { created_from = now - DAY, created_to = now, limit, offset }) => {
    const rows = await reportsCreated(db, { created: between(created_from, created_to), limit, offset })
    return [
      reportHeader,
      ...rows.map(({ id, periodStart, periodEnd, createdAt, name, version }) => [
        id,
        toUnixSeconds(periodStart),
        toUnixSeconds(periodEnd),
        toUnixSeconds(createdAt),
        name,
        version,
      ]),
    ]
  },
})
