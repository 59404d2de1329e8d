import { existsServices, usagePeriods } from '@stacktach/db'
import { DAY } from '@stacktach/domain'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { isoPeriod } from '../parameters.ts'
import { countOf, time, toTime } from '../values.ts'

const DEFAULT_PERIOD = 7 * DAY

const counts = { pending: countOf, verifying: countOf, verified: countOf, failed: countOf }

export const existsCounts = defineResource({
  path: 'exists',
  summary: 'Exists by audit period and status of verification, the latest period first',
  access: 'all',
  parameters: {
    service: z
      .enum(existsServices, { error: `service must be one of ${existsServices.join(', ')}` })
      .default('nova')
      .meta({ description: 'nova: instances, glance: images.' }),
    ...isoPeriod('audit periods that end (default: the last seven days)'),
  },
  answer: z
    .object({
      from: time,
      until: time,
      items: z.array(
        z
          .object({
            beginning: time,
            ending: time,
            partial: z.boolean().meta({
              description: 'True: exists of parts of audit periods, counted by the UTC day of their end.',
            }),
            ...counts,
          })
          .meta({ id: 'ExistsPeriod' }),
      ),
    })
    .meta({ id: 'ExistsPeriods' }),
  load: async ({ db, now }, { service, ...parameters }) => {
    const until = parameters.until ?? now + 1
    const from = parameters.from ?? until - DEFAULT_PERIOD
    const periods = await usagePeriods(db, { service, period: { from, until } })
    return {
      from: toTime(from),
      until: toTime(until),
      items: periods.map(({ beginning, ending, partial, counts }) => ({
        beginning: toTime(beginning),
        ending: toTime(ending),
        partial,
        ...counts,
      })),
    }
  },
})
