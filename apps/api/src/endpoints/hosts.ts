import { hostNames } from '@stacktach/db'
import { service } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'

export const hosts = defineEndpoint({
  path: 'hosts',
  parameters: z.object({ service }),
  answer: async ({ db }, { service }) => [['Host Name'], ...(await hostNames(db, service)).map((name) => [name])],
})
