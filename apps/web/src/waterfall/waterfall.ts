import type { Duration, Instant, Service } from '@stacktach/domain'
import { makeScale, type Scale } from '../scale/scale.ts'

/** What the waterfall reads of a notification. */
export interface WaterfallNotification {
  id: number
  service: Service
  component: string
  host: string | null
  instance: string | null
  event: string
  routingKey: string
  when: Instant
  versioned: boolean
}

/** How a part of a request ended. `point`: a notification that is neither a start nor an end. */
export type PartOutcome = 'done' | 'failed' | 'open' | 'point'

/** A part of a request: a start with its end on one host, or one notification. */
export interface RequestPart {
  /** The event without its suffix. */
  name: string
  service: Service
  component: string
  host: string | null
  instance: string | null
  from: Instant
  until: Instant | null
  outcome: PartOutcome
  /** Ids of its notifications, in order of time. */
  notificationIds: number[]
  /** Time before its start during which no earlier part was running; null if it is too short to be seen. */
  gap: Duration | null
  x: number
  width: number
  /** Percent where the gap starts. */
  gapX: number
}

export interface Waterfall {
  scale: Scale
  parts: RequestPart[]
}

/** Percent of the width from which a gap is shown. */
const MIN_GAP_WIDTH = 1

const SUFFIX = /\.(start|end|error)$/

type OpenPart = Omit<RequestPart, 'gap' | 'x' | 'width' | 'gapX'>

/**
 * Lays a request out as a waterfall: its parts in order of their starts, and the time that passed between them. A start is
 * joined to the next end of the same event and instance by the same component, also on another host. Versioned
 * counterparts of classic notifications are left out.
 *
 * @param notifications of one request, oldest first
 */
export function layOutWaterfall(notifications: readonly WaterfallNotification[]): Waterfall {
  const parts = partsOf(withoutCounterpartsOf(notifications))
  const scale = makeScale(parts)
  let busyUntil: Instant | null = null
  const placed = parts.map((part): RequestPart => {
    const gapFrom = busyUntil
    busyUntil = Math.max(busyUntil ?? part.from, part.until ?? part.from)
    const x = scale.x(part.from)
    const gapX = scale.x(gapFrom ?? part.from)
    const gap = gapFrom !== null && x - gapX >= MIN_GAP_WIDTH ? part.from - gapFrom : null
    const end = part.until ?? (part.outcome === 'open' ? scale.until : part.from)
    return { ...part, gap, x, width: Math.max(0, scale.x(end) - x), gapX }
  })
  return { scale, parts: placed }
}

/** Leaves out updates of instances, and versioned notifications whose classic counterpart is in the list. */
export function withoutNoise<Row extends WaterfallNotification>(notifications: readonly Row[]): Row[] {
  return withoutCounterpartsOf(notifications).filter(({ event }) => event !== 'compute.instance.update')
}

function withoutCounterpartsOf<Row extends WaterfallNotification>(notifications: readonly Row[]): Row[] {
  const key = ({ instance, event }: WaterfallNotification) => JSON.stringify([instance, event])
  const classic = new Set(notifications.filter(({ versioned }) => !versioned).map(key))
  return notifications.filter((notification) => !notification.versioned || !classic.has(key(notification)))
}

function partsOf(notifications: readonly WaterfallNotification[]): OpenPart[] {
  const parts: OpenPart[] = []
  const open = new Map<string, OpenPart[]>()
  for (const notification of notifications) {
    const { id, service, component, host, instance, event, routingKey, when } = notification
    const [, suffix] = SUFFIX.exec(event) ?? []
    const name = event.replace(SUFFIX, '')
    const key = JSON.stringify([service, component, instance, name])
    const isError = suffix === 'error' || routingKey.endsWith('error')
    const part = { name, service, component, host, instance, from: when, until: null, notificationIds: [id] }
    if (suffix === 'start') {
      const started: OpenPart = { ...part, outcome: 'open' }
      parts.push(started)
      open.set(key, [...(open.get(key) ?? []), started])
    } else if (suffix === undefined) {
      parts.push({ ...part, outcome: isError ? 'failed' : 'point' })
    } else {
      const starts = open.get(key) ?? []
      const start = starts.find((candidate) => candidate.host === host) ?? starts[0]
      if (start === undefined) parts.push({ ...part, outcome: isError ? 'failed' : 'done' })
      else {
        open.set(
          key,
          starts.filter((candidate) => candidate !== start),
        )
        start.until = when
        start.outcome = isError ? 'failed' : 'done'
        start.notificationIds.push(id)
      }
    }
  }
  return parts
}
