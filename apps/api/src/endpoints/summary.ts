import { timingSummary } from '@stacktach/db'
import { formatDuration, formatWholeSeconds } from '@stacktach/domain'
import { limitOrAll, offset } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { durationCell, numberCell, table, textCell } from '../http/tables.ts'

export const summary = defineEndpoint({
  path: 'summary',
  summary: 'Number and durations of the timings of each name',
  schema: table({ Event: textCell, N: numberCell, Min: durationCell, Max: durationCell, Avg: textCell }),
  parameters: z.object({ limit: limitOrAll(50), offset }),
  answer: async ({ db }, parameters) => [
    ['Event', 'N', 'Min', 'Max', 'Avg'],
    ...(await timingSummary(db, parameters)).map(({ name, count, min, max, average }) => [
      name,
      count,
      formatDuration(min),
      formatDuration(max),
      formatWholeSeconds(average),
    ]),
  ],
})
