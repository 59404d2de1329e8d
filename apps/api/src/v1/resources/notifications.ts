import { findNotifications, notificationDetail } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { defineResource, WithJsonText } from '../defineResource.ts'
import {
  cursorOfNotification,
  notification,
  notificationCursor,
  toNotification,
  toNotificationPlace,
  wholeNotification,
} from '../items/notification.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import {
  describeAfter,
  flag,
  instanceId,
  isoPeriod,
  limit,
  optionalText,
  requestIdentifier,
  rowIdentifier,
  serviceName,
  toPeriod,
} from '../parameters.ts'
import { requireInstance } from '../requireInstance.ts'

const notificationPage = pageOf(notification).meta({ id: 'Notifications' })

const listParameters = {
  service: serviceName.optional(),
  errors: flag('errors', 'Only notifications that were published as errors.'),
  ...isoPeriod('notifications'),
  after: notificationCursor.parameter.optional().meta(describeAfter),
  limit,
}

export const notificationSearch = defineResource({
  path: 'notifications',
  summary: 'Notifications that meet all filters, newest first',
  access: 'all',
  parameters: {
    deployment: optionalText('Name of the deployment.'),
    event: optionalText('Name of the event, complete.'),
    host: optionalText('Host of the publisher.'),
    tenant: optionalText('Tenant; of an image its owner.'),
    instance: instanceId.optional().meta({ description: 'Id of the instance.' }),
    image: instanceId.optional().meta({ description: 'Id of the image.' }),
    request: requestIdentifier.optional(),
    ...listParameters,
  },
  answer: notificationPage,
  load: async ({ db }, { request: requestId, from, until, after, limit, ...filter }) => {
    const rows = await findNotifications(db, {
      ...filter,
      requestId,
      period: toPeriod(from, until),
      after: toNotificationPlace(after),
      limit: rowsToRead(limit),
    })
    return toPage(rows, limit, toNotification, cursorOfNotification)
  },
})

export const instanceNotifications = defineResource({
  path: 'instances/:uuid/notifications',
  summary: 'Notifications of an instance from all services, newest first',
  access: 'tenant',
  parameters: { uuid: instanceId, event: optionalText('Name of the event, complete.'), ...listParameters },
  answer: notificationPage,
  load: async (context, { uuid: instance, from, until, after, limit, ...filter }) => {
    await requireInstance(context, instance)
    const rows = await findNotifications(context.db, {
      ...filter,
      instance,
      period: toPeriod(from, until),
      after: toNotificationPlace(after),
      limit: rowsToRead(limit),
    })
    return toPage(rows, limit, toNotification, cursorOfNotification)
  },
})

export const oneNotification = defineResource({
  path: 'notifications/:service/:id',
  summary: 'One notification, complete',
  access: 'all',
  parameters: { service: serviceName, id: rowIdentifier },
  answer: wholeNotification,
  load: async ({ db }, { service, id }) => {
    const row = await notificationDetail(db, service, id)
    if (row === null) throw new HttpError(404, `There is no ${service} notification ${id}`)
    return new WithJsonText(toNotification(row), 'body', row.body)
  },
})
