import { type Database, pingDatabase } from '@stacktach/db'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { table } from '../http/tables.ts'

/** Liveness. */
export const healthz = defineEndpoint({
  path: 'healthz',
  summary: 'Whether the process is alive',
  schema: table({ Status: z.literal('alive') }),
  parameters: z.object({}),
  answer: async () => [['Status'], ['alive']],
})

/** Readiness: whether the database is available. */
export const readyz = defineEndpoint({
  path: 'readyz',
  summary: 'Whether the database is available',
  schema: table({ Status: z.literal('ready') }),
  parameters: z.object({}),
  answer: async ({ db }) => {
    await sharedPing(db)
    return [['Status'], ['ready']]
  },
})

const pendingPings = new WeakMap<Database, Promise<void>>()

/** Concurrent requests share one ping: the endpoint has no rate limit and must not use up the connections. */
function sharedPing(db: Database): Promise<void> {
  const pending = pendingPings.get(db) ?? pingDatabase(db).finally(() => pendingPings.delete(db))
  pendingPings.set(db, pending)
  return pending
}
