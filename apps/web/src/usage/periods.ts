import type { ExistsPeriod, ExistsPeriodCount } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'

/** What the usage page shows of an audit period. */
export interface PeriodSummary {
  /** Null: exists without an audit period. */
  start: Instant | null
  /** The latest end of a whole audit period; null if none is reported. */
  end: Instant | null
  total: number
  verified: number
  failed: number
  /** Pending, and being verified. */
  pending: number
  /** Failed after they were published as verified. */
  contradicted: number
  /** Sent during the period, at an action of a user. */
  atAction: number
  reasons: ReasonCount[]
}

export interface ReasonCount {
  reason: string
  count: number
}

/** Sums the counts of an audit period. */
export function summarize({ start, counts }: ExistsPeriod): PeriodSummary {
  const sum = (isCounted: (count: ExistsPeriodCount) => boolean) =>
    counts.reduce((total, entry) => total + (isCounted(entry) ? entry.count : 0), 0)
  const ends = counts.flatMap(({ periodEnd }) => (periodEnd === null ? [] : [periodEnd]))
  return {
    start,
    end: ends.length === 0 ? null : Math.max(...ends),
    total: sum(() => true),
    verified: sum(({ status }) => status === 'verified'),
    failed: sum(({ status }) => status === 'failed'),
    pending: sum(({ status }) => status === 'pending' || status === 'verifying'),
    contradicted: sum(({ status, published }) => status === 'failed' && published),
    atAction: sum(({ periodEnd }) => periodEnd === null),
    reasons: reasonsOf([{ start, counts }]),
  }
}

/** The reasons of all failures of some periods, most frequent first. */
export function reasonsOf(periods: readonly ExistsPeriod[]): ReasonCount[] {
  const reasons = new Map<string, number>()
  for (const { counts } of periods) {
    for (const { status, reason, count } of counts) {
      if (status === 'failed') reasons.set(reason ?? '', (reasons.get(reason ?? '') ?? 0) + count)
    }
  }
  return [...reasons]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}

/** Counts of some periods by deployment, in order of the names. */
export function byDeployment(periods: readonly ExistsPeriod[]): (PeriodSummary & { deployment: string | null })[] {
  const counts = new Map<string | null, ExistsPeriodCount[]>()
  for (const period of periods) {
    for (const count of period.counts) counts.set(count.deployment, [...(counts.get(count.deployment) ?? []), count])
  }
  return [...counts]
    .map(([deployment, counts]) => ({ deployment, ...summarize({ start: null, counts }) }))
    .sort((a, b) => ((a.deployment ?? '') < (b.deployment ?? '') ? -1 : 1))
}
