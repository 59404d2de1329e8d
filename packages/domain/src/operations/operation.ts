import type { Duration } from '../time/duration.ts'
import type { Instant } from '../time/instant.ts'

/**
 * How an operation or one of its attempts ended. `open`: it has not ended. `abandoned`: its end was not reported before the
 * instance was deleted, or before the next attempt started.
 */
export const outcomes = ['open', 'done', 'failed', 'abandoned'] as const
export type Outcome = (typeof outcomes)[number]

/** One try of an operation: nova reschedules a failed create or resize to another host, in the same request. */
export interface Attempt {
  /** When of its `.start`; null if only its end is stored. */
  start: Instant | null
  /** When of the notification that ended it; null while it is open. */
  end: Instant | null
  outcome: Outcome
  /** Host of its last notification. */
  host: string | null
  /** One line, without ids and addresses, equal for all failures of this kind; null unless it failed. */
  error: string | null
}

/** What a user or nova did to an instance: the notifications of one request with the same event name. */
export interface Operation {
  instance: string
  /** The event without `.start`, `.end` or `.error`; for another error notification its event. */
  name: string
  /** Empty if its notifications have none. */
  requestId: string
  /** Id and when of its first notification. */
  notificationId: number
  when: Instant
  /** Tie break of its first notification: orders operations that begin in the same microsecond. */
  identity: string
  /** When it ended; null while it is open. */
  end: Instant | null
  /** `done` if it ended, also after an error: nova reports the end of a failed reboot. */
  outcome: Outcome
  /** Oldest first; at least one. */
  attempts: Attempt[]
  deploymentId: number
  tenant: string | null
  userId: string | null
  /** Host of the last attempt. */
  host: string | null
  /** Name of the flavor. */
  flavor: string | null
  /** Name or id of the image. */
  image: string | null
}

/** A failed attempt. */
export interface Failure {
  /** Id of the error notification. */
  notificationId: number
  when: Instant
  instance: string
  requestId: string
  /** Name of the operation. */
  name: string
  error: string
  host: string | null
  flavor: string | null
  image: string | null
  tenant: string | null
  deploymentId: number
}

/** Time between the first notification and the end; null while the operation is open or if only its end is stored. */
export function durationOfOperation({ attempts: [first], end }: Operation): Duration | null {
  return first?.start == null || end === null ? null : end - first.start
}
