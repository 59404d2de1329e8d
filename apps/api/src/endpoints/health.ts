import { databaseAnswers } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'

/** Whether the process lives. */
export const healthz = defineEndpoint({
  path: 'healthz',
  parameters: z.object({}),
  answer: async () => [['Status'], ['alive']],
})

/** Whether it can answer, for which it needs the database. */
export const readyz = defineEndpoint({
  path: 'readyz',
  parameters: z.object({}),
  answer: async ({ db }) => {
    await databaseAnswers(db)
    return [['Status'], ['ready']]
  },
})
