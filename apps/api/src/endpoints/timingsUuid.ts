import { type InstanceTiming, timingsOfInstance } from '@stacktach/db'
import { formatDuration } from '@stacktach/domain'
import { MAX_LIMIT, page, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { durationCell, table, textCell } from '../http/tables.ts'

export const timingsUuid = defineEndpoint({
  path: 'timings/uuid',
  summary: 'Timings of an instance, oldest first',
  schema: table({
    '?': z.enum(['.', 'S', 'E']),
    Event: textCell,
    'Time (secs)': z.union([durationCell, z.literal('n/a')]),
  }),
  parameters: z.object({ uuid, ...page(MAX_LIMIT) }),
  answer: async ({ db }, { uuid, limit, offset }) => [
    ['?', 'Event', 'Time (secs)'],
    ...(await timingsOfInstance(db, { instance: uuid, limit, offset })).map(row),
  ],
})

function row({ name, hasStart, hasEnd, duration }: InstanceTiming) {
  const ends = hasStart && hasEnd ? '.' : hasStart ? 'S' : 'E'
  return [ends, name, duration === null ? 'n/a' : formatDuration(duration)]
}
