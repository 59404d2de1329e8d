import { hostNames } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { service } from '../http/parameters.ts'

export const hosts = defineEndpoint({
  path: 'hosts',
  parameters: z.object({ service }),
  answer: async ({ db }, { service }) => [['Host Name'], ...(await hostNames(db, service)).map((name) => [name])],
})
