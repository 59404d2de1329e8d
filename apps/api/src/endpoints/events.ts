import { eventNames, notificationServices } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { serviceOrAll } from '../http/parameters.ts'

export const events = defineEndpoint({
  path: 'events',
  parameters: z.object({ service: serviceOrAll }),
  answer: async ({ db }, { service }) => {
    const names = await eventNames(db, service === 'all' ? notificationServices : [service])
    return [['Event Name'], ...names.map((name) => [name])]
  },
})
