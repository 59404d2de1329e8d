import { type Instant, SECOND } from '../time/instant.ts'
import { ALL_TIME, type TimePeriod } from '../time/period.ts'

/** Time of an existing instance in which nova reports no usage. */
export interface UsagePause {
  from: Instant
  /** Null while it lasts. */
  until: Instant | null
  reason: 'relaunched' | 'offloaded'
}

/** When an instance existed. */
export interface Life {
  launchedAt: Instant
  /** Null while it exists. */
  deletedAt: Instant | null
  /** In the order of their begin. */
  pauses: readonly UsagePause[]
}

/** A launch that came up. */
export interface LaunchTime {
  launchedAt: Instant
  /** When of the first notification of its request. */
  firstWhen: Instant
}

/**
 * When an instance existed, with the times in which nova reports no usage of it: from the begin of the request of a later
 * launch (a resize, a rebuild) until that launch, and from an offload until the next launch.
 *
 * @param launches those that are stored; the first one may be missing
 * @param offloads when each finished offload began
 */
export function lifeOf(
  { launchedAt, deletedAt }: Pick<Life, 'launchedAt' | 'deletedAt'>,
  launches: readonly LaunchTime[],
  offloads: readonly Instant[],
): Life {
  // Of one launch some notifications have the exact time, others the one that the database rounded.
  const later = launches.filter((launch) => launch.launchedAt >= launchedAt + SECOND)
  const relaunched = later.map(
    (launch): UsagePause => ({
      from: Math.max(launchedAt, Math.min(launch.firstWhen, launch.launchedAt)),
      until: launch.launchedAt,
      reason: 'relaunched',
    }),
  )
  const offloaded = offloads.map((from): UsagePause => {
    const next = Math.min(...later.map((launch) => launch.launchedAt).filter((time) => time > from))
    return { from, until: Number.isFinite(next) ? next : null, reason: 'offloaded' }
  })
  const pauses = [...relaunched, ...offloaded].sort((a, b) => a.from - b.from || (a.reason < b.reason ? -1 : 1))
  return { launchedAt, deletedAt, pauses }
}

/** When an instance existed, as its lifecycle stores it. */
interface StoredLife {
  launchedAt: Instant | null
  deletedAt: Instant | null
  /** Null: the life is unknown. */
  deploymentId: number | null
}

/** The time in which a change of a lifecycle may change usage; null if the life is the same. */
export function changedLife(before: StoredLife | null, after: StoredLife): TimePeriod | null {
  const wasKnown = before !== null && (before.deploymentId === null) === (after.deploymentId === null)
  if (wasKnown && before.launchedAt === after.launchedAt) {
    if (before.deletedAt === after.deletedAt) return null
    const deletes = [before.deletedAt, after.deletedAt].map((time) => time ?? ALL_TIME.until)
    return { from: Math.min(...deletes), until: Math.max(...deletes) }
  }
  const from = Math.min(before?.launchedAt ?? ALL_TIME.until, after.launchedAt ?? ALL_TIME.until)
  return from === ALL_TIME.until ? null : { from, until: ALL_TIME.until }
}
