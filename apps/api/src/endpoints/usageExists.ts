import { instanceExists } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { MAX_LIMIT, page, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { instantCell } from '../http/instantCell.ts'

export const usageExists = defineEndpoint({
  path: 'usage/exists',
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
