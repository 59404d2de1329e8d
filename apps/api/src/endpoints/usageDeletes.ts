import { instanceDeletes } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { MAX_LIMIT, page, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { table, textCell, timeCell } from '../http/tables.ts'

export const usageDeletes = defineEndpoint({
  path: 'usage/deletes',
  summary: 'Effective deletes, latest first',
  schema: table({ UUID: textCell, 'Launched At': timeCell, 'Deleted At': timeCell }),
  parameters: z.object({ instance: uuid.optional(), ...page(MAX_LIMIT) }),
  answer: async ({ db }, parameters) => [
    ['UUID', 'Launched At', 'Deleted At'],
    ...(await instanceDeletes(db, parameters)).map(({ instance, launchedAt, deletedAt }) => [
      instance,
      formatInstant(launchedAt),
      formatInstant(deletedAt),
    ]),
  ],
})
