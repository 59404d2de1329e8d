import { floorTo, type Instant, SECOND } from '../time/instant.ts'
import { ALL_TIME, type TimePeriod } from '../time/period.ts'
import type { InstanceExists } from '../usage/exists.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import type { InstanceFold } from './foldInstance.ts'

/** Identity of an exists. */
export type ExistsKey = Pick<InstanceExists, 'deploymentId' | 'dedupKey'>

/** An interval of launched_at of one instance. */
export interface LinkRange extends TimePeriod {
  instance: string
}

/**
 * Ranges of launched_at whose exists may now belong to another launch or delete: the seconds of new or changed launches
 * and deletes, and the second before and after, because times may match after rounding. For a refolded instance: all.
 *
 * @param launchesBefore launches of continued instances before the fold
 */
export function rangesToLink(
  folds: readonly InstanceFold[],
  launchesBefore: readonly Launch[],
  refolded: readonly string[],
): LinkRange[] {
  const whole = new Set(refolded)
  const secondsByInstance = new Map<string, Set<Instant>>()
  for (const { instance, launchedAt } of [
    ...launchesBefore,
    ...folds.flatMap((fold) => [...fold.launches, ...fold.deletes]),
  ]) {
    if (launchedAt === null || whole.has(instance)) continue
    const seconds = secondsByInstance.get(instance) ?? new Set()
    secondsByInstance.set(instance, seconds.add(floorTo(launchedAt, SECOND)))
  }
  return [
    ...refolded.map((instance) => ({ instance, ...ALL_TIME })),
    ...[...secondsByInstance].flatMap(([instance, seconds]) =>
      [...seconds].map((second) => ({ instance, from: second - SECOND, until: second + 2 * SECOND })),
    ),
  ]
}

/**
 * New or changed exists whose launch and delete must be looked up. Those of refolded instances are in a range of
 * `rangesToLink`.
 */
export function existsToLink(folds: readonly InstanceFold[], refolded: readonly string[]): ExistsKey[] {
  const whole = new Set(refolded)
  return folds
    .flatMap((fold) => fold.exists)
    .filter(({ instance }) => !whole.has(instance))
    .map(({ deploymentId, dedupKey }) => ({ deploymentId, dedupKey }))
}
