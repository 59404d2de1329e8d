import { existsServices, usageOfTenant, usagePeriods } from '@stacktach/db'
import { DAY, periodHolding } from '@stacktach/domain'
import { textParameter } from '@stacktach/http'
import { z } from 'zod'
import { defineCursor } from '../cursor.ts'
import { defineResource } from '../defineResource.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, isoPeriod, limit } from '../parameters.ts'
import { countOf, seconds, time, toSeconds, toTime } from '../values.ts'

const DEFAULT_PERIOD = 7 * DAY

const counts = { pending: countOf, verifying: countOf, verified: countOf, failed: countOf }

export const usage = defineResource({
  path: 'usage',
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
          .meta({ id: 'UsagePeriod' }),
      ),
    })
    .meta({ id: 'Usage' }),
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

const instanceUsage = z
  .object({
    instance: z.string(),
    flavor_name: z.string().nullable(),
    instance_type_id: z.string().nullable(),
    instance_flavor_id: z.string().nullable(),
    existed: seconds.meta({ description: 'Seconds of existence; time that several exists report counts once.' }),
    ...counts,
  })
  .meta({ id: 'UsageOfInstance' })

const cursor = defineCursor('usage', z.string())

export const tenantUsage = defineResource({
  path: 'usage/:tenant',
  summary: 'Usage of a tenant by its exists: totals, and its instances by id',
  access: 'tenant',
  parameters: {
    tenant: textParameter.meta({ description: 'Id of the tenant (project).' }),
    ...isoPeriod('audit periods that end (default: the current month)'),
    after: cursor.parameter.optional().meta(describeAfter),
    limit,
  },
  answer: pageOf(instanceUsage)
    .extend({
      tenant: z.string(),
      from: time,
      until: time,
      instances: countOf.meta({ description: 'Number of instances on all pages.' }),
      existed: seconds.meta({ description: 'Seconds of existence of all of them.' }),
    })
    .meta({ id: 'UsageOfTenant' }),
  load: async ({ db, now }, { tenant, after, limit, ...parameters }) => {
    const { from, until } = parameters
    const month = periodHolding(from ?? (until === undefined ? now : until - 1), 'month')
    const period = { from: from ?? month.from, until: until ?? month.until }
    const { instances, existed, page } = await usageOfTenant(db, { tenant, period, after, limit: rowsToRead(limit) })
    return {
      tenant,
      from: toTime(period.from),
      until: toTime(period.until),
      instances,
      existed: toSeconds(existed),
      ...toPage(
        page,
        limit,
        (row) => ({
          instance: row.instance,
          flavor_name: row.flavorName,
          instance_type_id: row.instanceTypeId,
          instance_flavor_id: row.instanceFlavorId,
          existed: toSeconds(row.existed),
          ...row.counts,
        }),
        ({ instance }) => cursor.encode(instance),
      ),
    }
  },
})
