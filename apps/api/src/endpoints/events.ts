import { eventNames } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { serviceOrAll } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'

export const events = defineEndpoint({
  path: 'events',
  parameters: z.object({ service: serviceOrAll }),
  answer: async ({ db }, { service }) => {
    const names = await eventNames(db, service === 'all' ? services : [service])
    return [['Event Name'], ...names.map((name) => [name])]
  },
})
