import { type Database, pingDatabase } from '@stacktach/db'
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
    await once(db)
    return [['Status'], ['ready']]
  },
})

const asked = new WeakMap<Database, Promise<void>>()

/** Everybody may ask, as often as they like: whoever comes while the database is being asked waits for the same answer. */
function once(db: Database): Promise<void> {
  const pending = asked.get(db) ?? pingDatabase(db).finally(() => asked.delete(db))
  asked.set(db, pending)
  return pending
}
