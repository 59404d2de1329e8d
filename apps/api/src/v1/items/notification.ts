import type { FoundNotification, NotificationPlace } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { z } from 'zod'
import { defineCursor, microseconds, rowId } from '../cursor.ts'
import { rowNumber, time, toTime } from '../values.ts'

const shape = {
  service: z.enum(services),
  id: rowNumber.meta({ description: 'Unique within the service.' }),
  when: time,
  deployment: z.string().nullable(),
  event: z.string(),
  error: z.boolean().meta({ description: 'Whether it was published as an error.' }),
  publisher: z.string(),
  component: z.string().meta({ description: 'The OpenStack component that published it.', examples: ['compute'] }),
  host: z.string().nullable(),
  message_id: z.string().nullable(),
  request_id: z.string(),
  tenant: z.string().nullable(),
  user_id: z.string().nullable(),
  instance: z.string().nullable(),
  image: z.string().nullable(),
  state: z.string().nullable().meta({ description: 'Of the instance; of an image its status.' }),
  old_state: z.string().nullable(),
  task: z.string().nullable(),
  old_task: z.string().nullable(),
}

/** A notification in lists. */
export const notification = z.object(shape).meta({ id: 'Notification' })

/** A notification with its original. */
export const wholeNotification = z
  .object({
    ...shape,
    body: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The notification as it was published, without secrets and without its envelope.' }),
  })
  .meta({ id: 'WholeNotification' })

/** Converts a row for an answer. */
export function toNotification(row: FoundNotification): z.infer<typeof notification> {
  const { service, id, deployment, event, publisher, component, host, tenant, instance, image, state, task } = row
  return {
    service,
    id,
    when: toTime(row.when),
    deployment,
    event,
    error: row.routingKey.endsWith('error'),
    publisher,
    component,
    host,
    message_id: row.messageId,
    request_id: row.requestId,
    tenant,
    user_id: row.userId,
    instance,
    image,
    state,
    old_state: row.oldState,
    task,
    old_task: row.oldTask,
  }
}

/** The cursor of lists of notifications. */
export const notificationCursor = defineCursor('notifications', z.tuple([microseconds, z.enum(services), rowId]))

/** The place of a parsed cursor. */
export function toNotificationPlace(
  place: [number, FoundNotification['service'], number] | undefined,
): NotificationPlace | undefined {
  if (place === undefined) return undefined
  const [when, service, id] = place
  return { when, service, id }
}

/** The cursor that continues after a row. */
export function cursorOfNotification({ when, service, id }: NotificationPlace): string {
  return notificationCursor.encode([when, service, id])
}
