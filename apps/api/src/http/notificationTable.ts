import type { ListedNotification } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { formatInstant } from '@stacktach/domain'

const common = ['#', '?', 'When', 'Deployment', 'Event', 'Host']

const headers: Record<Service, readonly string[]> = {
  nova: [...common, 'State', "State'", "Task'"],
  glance: [...common, 'Status'],
  generic: [...common, 'Instance', 'Request id'],
}

/** The header row for notifications of a service. A prime marks the previous state or task. */
export function notificationHeader(service: Service): readonly string[] {
  return headers[service]
}

/** The row of a notification, below notificationHeader. */
export function notificationRow(service: Service, notification: ListedNotification): unknown[] {
  const { id, when, routingKey, deployment, event, host } = notification
  return [
    id,
    errorMark(routingKey),
    formatInstant(when),
    deployment,
    event,
    host,
    ...serviceCells[service](notification),
  ]
}

/** `E` for a notification that was published as an error, otherwise one space. */
export function errorMark(routingKey: string): string {
  return routingKey.endsWith('error') ? 'E' : ' '
}

const serviceCells: Record<Service, (notification: ListedNotification) => unknown[]> = {
  nova: ({ state, oldState, oldTask }) => [state, oldState, oldTask],
  glance: ({ status }) => [status],
  generic: ({ instance, requestId }) => [instance, requestId],
}
