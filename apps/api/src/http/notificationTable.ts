import type { ListedNotification } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { formatInstant } from '@stacktach/domain'

const common = ['#', '?', 'When', 'Deployment', 'Event', 'Host']

const headers: Record<Service, readonly string[]> = {
  nova: [...common, 'State', "State'", "Task'"],
  glance: [...common, 'Status'],
  generic: [...common, 'Instance', 'Request id'],
}

/** What stands above a list of a service's notifications. A prime means: before this notification. */
export function notificationHeader(service: Service): readonly string[] {
  return headers[service]
}

/** A notification as a row below notificationHeader. */
export function notificationRow(service: Service, notification: ListedNotification): unknown[] {
  const { id, when, routingKey, deployment, event, host } = notification
  return [id, errorMark(routingKey), formatInstant(when), deployment, event, host, ...ofService[service](notification)]
}

/** `E` for what was published as an error, else one space. */
export function errorMark(routingKey: string): string {
  return routingKey.endsWith('error') ? 'E' : ' '
}

const ofService: Record<Service, (notification: ListedNotification) => unknown[]> = {
  nova: ({ state, oldState, oldTask }) => [state, oldState, oldTask],
  glance: ({ status }) => [status],
  generic: ({ instance, requestId }) => [instance, requestId],
}
