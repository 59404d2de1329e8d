import { listDeployments as allDeployments } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'

export const deployments = defineEndpoint({
  path: 'deployments',
  parameters: z.object({}),
  answer: async ({ db }) => [['#', 'Name'], ...(await allDeployments(db)).map(({ id, name }) => [id, name])],
})
