import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Duration } from '../time/duration.ts'
import type { Instant } from '../time/instant.ts'

/** The notification at one end of a timing. */
export interface TimingEdge {
  id: number
  when: Instant
  identity: string
  requestId: string
}

export interface TimingEnd extends TimingEdge {
  /** The request that it ends. With today's rules that of the start, which may differ from its own. */
  requestId: string
  deploymentId: number
  tenant: string | null
}

/** A `.start` and the `.end` that closed it, or only one of them. */
export interface Timing {
  instance: string
  /** The event without `.start` or `.end`. */
  name: string
  start: TimingEdge | null
  end: TimingEnd | null
}

/**
 * StackTach's timings: a `.start` opens one; an `.end` closes the oldest open one of its name or, if none is open,
 * creates a timing with only an end. With today's rules an end only closes a start of the same request; otherwise a
 * start without an end (a failed rescue) would shift all later timings of that name. A `delete` is the exception: after a
 * crash during a delete, nova-compute reports only its end, in another request. It counts for the request that started.
 *
 * @param open open timings from earlier notifications, oldest first
 * @param notifications of one instance, in order
 * @returns timings that were opened, closed, or created by an end alone
 */
export function foldTimings(
  open: readonly Timing[],
  notifications: readonly InstanceNotification[],
  rules: Rules,
): Timing[] {
  const queues = new Map<string, Timing[]>()
  for (const timing of open) openTimings(queues, timing.name, timing.start?.requestId ?? '', rules).push(timing)
  const changed = new Set<Timing>()
  for (const notification of notifications) {
    const { event, requestId, instance } = notification
    if (event.endsWith('.start')) {
      const name = event.slice(0, -'.start'.length)
      const timing: Timing = { instance, name, start: edge(notification), end: null }
      openTimings(queues, name, requestId, rules).push(timing)
      changed.add(timing)
    } else if (event.endsWith('.end')) {
      const name = event.slice(0, -'.end'.length)
      const oldest =
        openTimings(queues, name, requestId, rules).shift() ??
        (rules === 'today' && name === DELETE ? takeOldest(queues, name) : undefined)
      if (oldest !== undefined) changed.delete(oldest)
      const start = oldest?.start ?? null
      const end = endOf(notification)
      changed.add({
        instance,
        name,
        start,
        end: rules === 'today' && start !== null ? { ...end, requestId: start.requestId } : end,
      })
    }
  }
  return [...changed]
}

const DELETE = 'compute.instance.delete'

function queueKey(name: string, requestId: string): string {
  return `${name}\t${requestId}`
}

/** The open timings that an end of this name and request may close, oldest first. */
function openTimings(queues: Map<string, Timing[]>, name: string, requestId: string, rules: Rules): Timing[] {
  const key = rules === 'today' ? queueKey(name, requestId) : name
  const timings = queues.get(key) ?? []
  queues.set(key, timings)
  return timings
}

/** Removes the oldest open timing of a name, of any request. */
function takeOldest(queues: ReadonlyMap<string, Timing[]>, name: string): Timing | undefined {
  const [oldest] = [...queues.values()]
    .flatMap(([first]) => (first?.name === name && first.start !== null ? [{ first, start: first.start }] : []))
    .sort((a, b) => a.start.when - b.start.when || (a.start.identity < b.start.identity ? -1 : 1))
  const queue = oldest && queues.get(queueKey(name, oldest.start.requestId))
  return queue?.shift()
}

function edge({ id, when, identity, requestId }: InstanceNotification): TimingEdge {
  return { id, when, identity, requestId }
}

function endOf(notification: InstanceNotification): TimingEnd {
  return { ...edge(notification), deploymentId: notification.deploymentId, tenant: notification.tenant }
}

/** Microseconds; null while an end is missing, negative when hosts' clocks differ. */
export function durationOf({ start, end }: Pick<Timing, 'start' | 'end'>): Duration | null {
  return start && end ? end.when - start.when : null
}
