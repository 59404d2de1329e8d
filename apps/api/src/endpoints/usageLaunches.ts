import { instanceLaunches } from '@stacktach/db'
import { MAX_LIMIT, page, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { instantCell } from '../http/instantCell.ts'
import { table, textCell, textOrNull, timeCell } from '../http/tables.ts'

export const usageLaunches = defineEndpoint({
  path: 'usage/launches',
  summary: 'Launches, latest first',
  schema: table({
    UUID: textCell,
    'Launched At': timeCell.nullable(),
    'Instance Type Id': textOrNull,
    'Instance Flavor Id': textOrNull,
  }),
  parameters: z.object({ instance: uuid.optional(), ...page(MAX_LIMIT) }),
  answer: async ({ db }, parameters) => [
    ['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id'],
    ...(await instanceLaunches(db, parameters)).map((launch) => [
      launch.instance,
      instantCell(launch.launchedAt),
      launch.instanceTypeId,
      launch.instanceFlavorId,
    ]),
  ],
})
