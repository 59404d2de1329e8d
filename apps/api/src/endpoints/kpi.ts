import { finishedRequests, tenantIsKnown } from '@stacktach/db'
import { DAY, formatDuration } from '@stacktach/domain'
import { HttpError, textParameter } from '@stacktach/http'
import { z } from 'zod'
import { type Context, defineEndpoint } from '../http/defineEndpoint.ts'
import { durationCell, table, textOrNull } from '../http/tables.ts'

const kpiTable = table({ Event: textOrNull, Time: durationCell, UUID: textOrNull, Deployment: textOrNull })

export const kpi = defineEndpoint({
  path: 'kpi',
  summary: 'Finished requests of the last 24 hours, shortest first',
  schema: kpiTable,
  parameters: z.object({}),
  answer: (context) => rows(context),
})

export const kpiOfTenant = defineEndpoint({
  path: 'kpi/:tenant',
  summary: 'Finished requests of a tenant in the last 24 hours, shortest first',
  schema: kpiTable,
  parameters: z.object({ tenant: textParameter }),
  answer: async (context, { tenant }) => {
    const answer = await rows(context, tenant)
    if (answer.length === 1 && !(await tenantIsKnown(context.db, tenant))) {
      throw new HttpError(404, `Could not find raws for tenant ${tenant}`)
    }
    return answer
  },
})

async function rows({ db, now }: Context, tenant?: string) {
  const requests = await finishedRequests(db, { since: now - DAY, ...(tenant === undefined ? {} : { tenant }) })
  return [
    ['Event', 'Time', 'UUID', 'Deployment'],
    ...requests.map(({ event, duration, instance, deployment }) => [
      event,
      formatDuration(duration),
      instance,
      deployment,
    ]),
  ]
}
