import { findNotifications, operationsOfRequest } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import {
  cursorOfNotification,
  notification,
  notificationCursor,
  toNotification,
  toNotificationPlace,
} from '../items/notification.ts'
import { operation, toOperation } from '../items/operation.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, limit, MAX_PAGE, requestIdentifier } from '../parameters.ts'

export const oneRequest = defineResource({
  path: 'requests/:id',
  summary: 'A request: its operations, and its notifications from all services, oldest first',
  access: 'tenant',
  parameters: { id: requestIdentifier, after: notificationCursor.parameter.optional().meta(describeAfter), limit },
  answer: z
    .object({
      request_id: z.string(),
      operations: z.array(operation).meta({ description: `Oldest first, at most ${MAX_PAGE}.` }),
      notifications: pageOf(notification).meta({ id: 'NotificationsOfRequest' }),
    })
    .meta({ id: 'Request' }),
  load: async ({ db, tenants }, { id: requestId, after, limit }) => {
    const own = tenants === null ? null : [...tenants]
    const [operations, rows] = await Promise.all([
      operationsOfRequest(db, { requestId, tenants: own, limit: MAX_PAGE }),
      findNotifications(db, {
        requestId,
        tenants: own,
        order: 'oldest',
        after: toNotificationPlace(after),
        limit: rowsToRead(limit),
      }),
    ])
    if (operations.length === 0 && rows.length === 0 && after === undefined) {
      throw new HttpError(404, `There is no request ${requestId}`)
    }
    return {
      request_id: requestId,
      operations: operations.map(toOperation),
      notifications: toPage(rows, limit, toNotification, cursorOfNotification),
    }
  },
})
