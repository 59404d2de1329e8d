import { existsStatuses, instanceExists } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { MAX_LIMIT, page, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { instantCell } from '../http/instantCell.ts'
import { table, textCell, textOrNull, timeCell } from '../http/tables.ts'

export const usageExists = defineEndpoint({
  path: 'usage/exists',
  summary: 'Exists with the status of their verification, newest first',
  schema: table({
    UUID: textCell,
    'Launched At': timeCell,
    'Deleted At': timeCell.nullable(),
    'Instance Type Id': textOrNull,
    'Instance Flavor Id': textOrNull,
    'Message ID': textOrNull,
    Status: z.enum(existsStatuses),
  }),
  parameters: z.object({ instance: uuid.optional(), ...page(MAX_LIMIT) }),
  answer: async ({ db }, parameters) => [
    ['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status'],
    ...(await instanceExists(db, parameters)).map((exists) => [
      exists.instance,
      formatInstant(exists.launchedAt),
      instantCell(exists.deletedAt),
      exists.instanceTypeId,
      exists.instanceFlavorId,
      exists.messageId,
      exists.status,
    ]),
  ],
})
