import { type Arrival, type ArrivalPosition, formatPosition } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { isError } from './filter.ts'

/**
 * The state of the stream, reported to the clients: notifications arrive; a transaction that is still open holds back all later
 * ones; or the database does not answer.
 */
export type LiveState = 'live' | 'delayed' | 'unavailable'

/** The data of an event `notification`, as in the lists of /v1. */
function notificationData({ service, notification }: Arrival) {
  const { id, when, deployment, event, routingKey, host, requestId, instance, subject } = notification
  return {
    service,
    id,
    when: isoTime(when),
    deployment,
    event,
    error: isError(routingKey),
    host,
    request_id: requestId,
    instance,
    image: service === 'glance' ? subject : null,
    state: service === 'glance' ? notification.status : notification.state,
    old_state: notification.oldState,
    old_task: notification.oldTask,
  }
}

/** ISO 8601 in UTC with microseconds. */
function isoTime(when: number): string {
  const [seconds = '', fraction = ''] = formatInstant(when).split('.')
  return `${seconds.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z`
}

export function notificationEvent(arrival: Arrival): string {
  return serverSentEvent('notification', notificationData(arrival), arrival.position)
}

/**
 * The first event of a connection, with the position at which the stream begins. It is sent again when the state changes,
 * and regularly: to keep the connection open, and so that a client whose filter selects few notifications can resume after a
 * long time. A comment would do for the former only, because it has no id.
 */
export function stateEvent(state: LiveState, position: ArrivalPosition | null): string {
  return serverSentEvent('state', { state }, position)
}

/** Notifications between the client's last event and the following one were skipped. */
export function gapEvent(position: ArrivalPosition): string {
  return serverSentEvent('gap', {}, position)
}

/** JSON text has no line breaks, so the data is one line. */
function serverSentEvent(event: string, data: unknown, position: ArrivalPosition | null): string {
  const id = position === null ? '' : `id: ${formatPosition(position)}\n`
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
