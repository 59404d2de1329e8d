import { storageOverview } from '@stacktach/db'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { countOf, time, toTime, toTimeOrNull } from '../values.ts'

export const system = defineResource({
  path: 'system',
  summary: 'What is stored, and what is waiting to be folded or published',
  access: 'all',
  parameters: {},
  answer: z
    .object({
      now: time,
      stored: z
        .object({ nova: countOf, glance: countOf, generic: countOf })
        .meta({ description: 'Notifications, by row statistics of PostgreSQL.' }),
      rejected: countOf.meta({ description: 'Rejected messages, by row statistics of PostgreSQL.' }),
      backlog: z.object({
        instance: countOf,
        image: countOf,
        request: countOf,
        oldest: time.nullable().meta({ description: 'When of the oldest notification that is not yet folded.' }),
      }),
      unpublished: countOf.meta({ description: 'Messages for billing that no broker has confirmed yet.' }),
      kept_since: z
        .record(z.string(), time)
        .meta({ description: 'The time from which data is kept, by service or for aggregates; absent: unlimited.' }),
    })
    .meta({ id: 'System' }),
  load: async ({ db, now }) => {
    const { stored, rejected, backlog, unsent, horizons } = await storageOverview(db)
    return {
      now: toTime(now),
      stored,
      rejected,
      backlog: { ...backlog.rows, oldest: toTimeOrNull(backlog.oldest) },
      unpublished: unsent,
      kept_since: Object.fromEntries(horizons.map(({ kind, instant }) => [kind, toTime(instant)])),
    }
  },
})
