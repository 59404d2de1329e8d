import { timingsOfName } from '@stacktach/db'
import { formatDuration } from '@stacktach/domain'
import { between, page, textParameter, unixTime } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { durationCell, tableWithHeader, textCell } from '../http/tables.ts'

export const timings = defineEndpoint({
  path: 'timings',
  summary: 'Durations of all timings of a name, shortest first',
  schema: tableWithHeader([textCell, z.literal('Time')], [textCell, durationCell]),
  parameters: z.object({
    name: textParameter,
    end_when_min: unixTime.optional(),
    end_when_max: unixTime.optional(),
    ...page(),
  }),
  answer: async ({ db }, { name, end_when_min, end_when_max, limit, offset }) => {
    const rows = await timingsOfName(db, { name, ended: between(end_when_min, end_when_max), limit, offset })
    return [[name, 'Time'], ...rows.map(({ instance, duration }) => [instance, formatDuration(duration)])]
  },
})
