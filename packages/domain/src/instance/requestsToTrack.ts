import { startsRequest } from '../kpi/tracker.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { InstanceFold } from './foldInstance.ts'

/**
 * Requests whose tracker a fold may change: those with a closed timing (before or now), and those that a notification
 * may start earlier than the stored tracker. For an instance that is refolded or has both formats: every request that
 * a notification may start, because a previous start may no longer count. With both formats also the requests of
 * classic notifications that cannot start one, because the versioned counterpart may have been the start.
 *
 * @param notifications the claimed notifications and the histories of refolded instances
 * @param closedBefore requests under which timings of refolded instances were closed
 * @param trackerStarts start of each stored tracker
 */
export function requestsToTrack(
  notifications: readonly InstanceNotification[],
  folds: readonly InstanceFold[],
  refolded: readonly string[],
  closedBefore: readonly string[],
  trackerStarts: ReadonlyMap<string, number>,
  rules: Rules,
): Set<string> {
  const bothFormats = new Set(
    folds.filter(({ lifecycle }) => lifecycle.hasClassic && lifecycle.hasVersioned).map(({ instance }) => instance),
  )
  const whole = new Set([...refolded, ...bothFormats])
  const closed = folds.flatMap(({ timings }) =>
    timings.flatMap(({ start, end }) => (start !== null && end !== null ? [end.requestId] : [])),
  )
  const started = notifications.filter((notification) => {
    const start = trackerStarts.get(notification.requestId)
    return startsRequest(notification, rules)
      ? whole.has(notification.instance) || start === undefined || notification.when <= start
      : bothFormats.has(notification.instance) && !notification.versioned
  })
  return new Set([...closedBefore, ...closed, ...started.map(({ requestId }) => requestId)].filter((id) => id !== ''))
}

/** Requests that a notification may start, each once. */
export function startableRequests(notifications: readonly InstanceNotification[], rules: Rules): string[] {
  return [
    ...new Set(
      notifications.filter((notification) => startsRequest(notification, rules)).map(({ requestId }) => requestId),
    ),
  ]
}
