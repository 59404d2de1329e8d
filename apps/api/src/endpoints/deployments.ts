import { listDeployments as allDeployments } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { numberCell, table, textCell } from '../http/tables.ts'

export const deployments = defineEndpoint({
  path: 'deployments',
  summary: 'All deployments, by name',
  schema: table({ '#': numberCell, Name: textCell }),
  parameters: z.object({}),
  answer: async ({ db }) => [['#', 'Name'], ...(await allDeployments(db)).map(({ id, name }) => [id, name])],
})
