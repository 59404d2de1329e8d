import { notificationsOfUuid } from '@stacktach/db'
import { between, page, service, unixTime, uuid } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { notificationHeader, notificationRow } from '../http/notificationTable.ts'
import { genericTable, glanceTable, novaTable, orEmpty } from '../http/tables.ts'

export const uuidEndpoint = defineEndpoint({
  path: 'uuid',
  summary: 'Notifications of an instance, of glance those of an image, oldest first',
  schema: orEmpty(z.union([novaTable('Task'), glanceTable, genericTable])),
  parameters: z.object({ uuid, service, when_min: unixTime.optional(), when_max: unixTime.optional(), ...page() }),
  answer: async ({ db }, { uuid, service, when_min, when_max, limit, offset }) => {
    const period = between(when_min, when_max)
    const notifications = await notificationsOfUuid(db, { service, uuid, period, limit, offset })
    if (notifications.length === 0) return []
    // As in StackTach, this endpoint alone names nova's last column `Task` instead of `Task'`.
    const header = notificationHeader(service).map((name) => (name === "Task'" ? 'Task' : name))
    return [header, ...notifications.map((notification) => notificationRow(service, notification))]
  },
})
