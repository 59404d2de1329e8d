import { formatInstant, type Instant } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'
import { type ExistsCount, verifierCounts } from './verifierCounts.ts'

/** Input of the nova audit. */
export interface NovaUsage {
  /** Exists with a whole audit period. With StackTach's rules: of exactly one day. */
  periodic: ExistsCount[]
  /** Other exists, sent during an audit period. With StackTach's rules: with less than a day. */
  instantaneous: ExistsCount[]
  existsFailures: { id: number; reason: string | null; deployment: string; host: string | null }[]
  newLaunches: number
  oldLaunches: number
  launchFailures: LaunchFailure[]
}

/** A launch that the exists of the period do not report, or not all the time. */
export interface LaunchFailure {
  id: number
  instance: string
  launchedAt: Instant
  /** Whether the instance has exists of another launch. */
  otherExists: boolean
  /** The parts of its time that its exists do not report, in order; empty if they report none of it. */
  gaps?: readonly TimePeriod[]
  /** Deployment and host of the last notification of its request. */
  deployment: string | null
  host: string | null
}

/** More gaps are only counted. */
const LISTED_GAPS = 5

/** StackTach's `nova usage audit`: compares nova's exists with the launches. */
export const novaUsageAudit = {
  name: 'nova usage audit',
  version: 7,
  shape: (usage: NovaUsage) => {
    const launchFails = usage.launchFailures.map((failure) => {
      const { id, instance, launchedAt, otherExists, gaps = [], deployment, host } = failure
      const where = ['N', deployment ?? '-', host ?? '-']
      return otherExists
        ? [
            id,
            `Couldn't find exists for launch (${instance}, ${formatInstant(launchedAt)})${formatGaps(gaps)}`,
            ...where,
          ]
        : ['-', `No exists for instance (${instance})`, ...where]
    })
    return {
      summary: {
        verifier: {
          periodic: verifierCounts(usage.periodic),
          instantaneous: verifierCounts(usage.instantaneous),
        },
        launch_summary: {
          new_launches: usage.newLaunches,
          old_launches: usage.oldLaunches,
          failures: launchFails.length,
        },
      },
      exist_fail_headers: ['Exists Row ID', 'Error Description', 'Cell', 'Compute'],
      exist_fails: usage.existsFailures.map(({ id, reason, deployment, host }) => [id, reason, deployment, host]),
      launch_fail_headers: ['Launch Row ID', 'Error Description', 'Reconciled?', 'Cell', 'Compute'],
      launch_fails: launchFails,
    }
  },
}

/** `: no exists from … to …, from … to …`, or nothing. */
function formatGaps(gaps: readonly TimePeriod[]): string {
  if (gaps.length === 0) return ''
  const listed = gaps
    .slice(0, LISTED_GAPS)
    .map(({ from, until }) => `from ${formatInstant(from)} to ${formatInstant(until)}`)
  const more = gaps.length > LISTED_GAPS ? [`and ${gaps.length - LISTED_GAPS} more gaps`] : []
  return `: no exists ${[...listed, ...more].join(', ')}`
}
