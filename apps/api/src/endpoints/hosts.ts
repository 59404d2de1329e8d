import { hostNames } from '@stacktach/db'
import { service } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { table, textOrNull } from '../http/tables.ts'

export const hosts = defineEndpoint({
  path: 'hosts',
  summary: 'Distinct hosts; null for publishers without one',
  schema: table({ 'Host Name': textOrNull }),
  parameters: z.object({ service }),
  answer: async ({ db }, { service }) => [['Host Name'], ...(await hostNames(db, service)).map((name) => [name])],
})
