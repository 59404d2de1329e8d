import { comparePositions, type InstanceNotification, positionOf } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'

/** The first notification of a request. */
export interface RequestStart {
  id: number
  when: Instant
  event: string
  identity: string
}

/** An `.end` with the request's id that closed a timing with a start. */
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

/** Duration of a request: from its start to the last end that closed one of its timings. */
export interface RequestTracker {
  requestId: string
  start: RequestStart
  last: ClosingEnd | null
}

/**
 * Whether a notification can start its request; the earliest one does. In StackTach only an update published by an api
 * service can. Current nova publishes updates from the compute service, so with today's rules each notification with a
 * user can.
 */
export function startsRequest(
  { requestId, event, service, userId }: Pick<InstanceNotification, 'requestId' | 'event' | 'service' | 'userId'>,
  rules: Rules,
): boolean {
  if (requestId === '') return false
  return rules === 'today' ? userId !== null : event === 'compute.instance.update' && service.includes('api')
}

/** Start of the names of timings that end no request: a user waits for what is done after the scheduling. */
export const SCHEDULER_PREFIX = 'scheduler.'

/** Whether the end of a timing can end its request. */
export function endsRequest(name: string, rules: Rules): boolean {
  return rules === 'stacktach' || !name.startsWith(SCHEDULER_PREFIX)
}

/**
 * The tracker of a request; null if nothing starts it.
 *
 * @param start the earliest notification that can start it
 * @param latest the ends with the latest `when` among those that closed a timing of this request and can end it; usually
 * one
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
