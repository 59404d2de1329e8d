import { comparePositions, type InstanceNotification, positionOf } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'

/** The notification a request began with. */
export interface RequestStart {
  id: number
  when: Instant
  event: string
  identity: string
}

/** An end that closed a timing with a start, under the request's id. */
export interface ClosingEnd {
  timingId: number
  /** The event without `.end`. */
  name: string
  instance: string
  deploymentId: number
  tenant: string | null
  when: Instant
  identity: string
}

/** How long a request took: from its start to the last end that closed a timing under it. */
export interface RequestTracker {
  requestId: string
  start: RequestStart
  last: ClosingEnd | null
}

/**
 * Whether a notification can start its request. StackTach's requests start with an update that an api service
 * published; today's nova sends that from the compute service, so any notification that carries a user does. Of several,
 * the earliest counts.
 */
export function startsRequest(
  { requestId, event, service, userId }: Pick<InstanceNotification, 'requestId' | 'event' | 'service' | 'userId'>,
  rules: Rules,
): boolean {
  if (requestId === '') return false
  return rules === 'today' ? userId !== null : event === 'compute.instance.update' && service.includes('api')
}

/**
 * The tracker of a request.
 *
 * @param start the earliest notification that can start it, null when there is none: then there is no tracker
 * @param latest the ends with the latest `when` of all that closed a timing under this request; usually one
 */
export function trackRequest(
  requestId: string,
  start: RequestStart | null,
  latest: readonly ClosingEnd[],
): RequestTracker | null {
  if (start === null) return null
  const beginning = positionOf(start)
  const last = latest
    .map((end) => ({ end, position: positionOf({ ...end, event: `${end.name}.end` }) }))
    .filter(({ position }) => comparePositions(position, beginning) > 0)
    .sort((a, b) => comparePositions(a.position, b.position))
    .at(-1)
  return { requestId, start, last: last?.end ?? null }
}
