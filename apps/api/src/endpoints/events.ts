import { eventNames } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { serviceOrAll } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { table, textCell } from '../http/tables.ts'

export const events = defineEndpoint({
  path: 'events',
  summary: 'Distinct event names',
  schema: table({ 'Event Name': textCell }),
  parameters: z.object({ service: serviceOrAll }),
  answer: async ({ db }, { service }) => {
    const names = await eventNames(db, service === 'all' ? services : [service])
    return [['Event Name'], ...names.map((name) => [name])]
  },
})
