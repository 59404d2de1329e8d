import { formatInstant, type Instant } from '../time/instant.ts'
import { type ExistsCount, verifierCounts } from './verifierCounts.ts'

/** Input of the nova audit. */
export interface NovaUsage {
  /** Exists with an audit period of exactly one day. */
  periodic: ExistsCount[]
  /** Exists with a shorter audit period. */
  instantaneous: ExistsCount[]
  existsFailures: { id: number; reason: string | null; deployment: string; host: string | null }[]
  newLaunches: number
  oldLaunches: number
  launchFailures: LaunchFailure[]
}

/** A launch without an exists in the period. */
export interface LaunchFailure {
  id: number
  instance: string
  launchedAt: Instant
  /** Whether the instance has exists of another launch. */
  otherExists: boolean
  /** Deployment and host of the last notification of its request. */
  deployment: string | null
  host: string | null
}

/** StackTach's `nova usage audit`: compares nova's exists with the launches. */
export const novaUsageAudit = {
  name: 'nova usage audit',
  version: 7,
  shape: (usage: NovaUsage) => {
    const launchFails = usage.launchFailures.map((failure) => {
      const { id, instance, launchedAt, otherExists, deployment, host } = failure
      const where = ['N', deployment ?? '-', host ?? '-']
      return otherExists
        ? [id, `Couldn't find exists for launch (${instance}, ${formatInstant(launchedAt)})`, ...where]
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
