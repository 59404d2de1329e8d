import { notificationsOfRequest } from '@stacktach/db'
import { between, page, requestId, unixTime } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { notificationHeader, notificationRow } from '../http/notificationTable.ts'
import { novaTable } from '../http/tables.ts'

export const request = defineEndpoint({
  path: 'request',
  summary: 'Notifications of a request, oldest first',
  schema: novaTable("Task'"),
  parameters: z.object({
    request_id: requestId,
    when_min: unixTime.optional(),
    when_max: unixTime.optional(),
    ...page(),
  }),
  answer: async ({ db }, { request_id: requestId, when_min, when_max, limit, offset }) => {
    const period = between(when_min, when_max)
    const notifications = await notificationsOfRequest(db, { requestId, period, limit, offset })
    return [notificationHeader('nova'), ...notifications.map((notification) => notificationRow('nova', notification))]
  },
})
