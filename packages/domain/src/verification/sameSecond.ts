import type { Rules } from '../rules.ts'
import { floorTo, type Instant, SECOND } from '../time/instant.ts'

/**
 * Whether two times are the same to the second, as StackTach compares them. Today also when one is a whole second and the
 * other rounds to it: MySQL 8 rounds the time that nova stores, half a second up, while its notification still has it whole.
 */
export function inSameSecond(one: Instant, other: Instant, rules: Rules): boolean {
  if (floorTo(one, SECOND) === floorTo(other, SECOND)) return true
  return rules === 'today' && (roundsTo(one, other) || roundsTo(other, one))
}

function roundsTo(time: Instant, whole: Instant): boolean {
  return floorTo(whole, SECOND) === whole && floorTo(time + SECOND / 2, SECOND) === whole
}

/** Of some rows those launched in the same second: those that lie in it, else those that round to it. */
export function ofSameSecond<R extends { launchedAt: Instant }>(rows: readonly R[], time: Instant, rules: Rules): R[] {
  const near = rows.filter(({ launchedAt }) => inSameSecond(launchedAt, time, rules))
  const within = near.filter(({ launchedAt }) => floorTo(launchedAt, SECOND) === floorTo(time, SECOND))
  return within.length > 0 ? within : near
}
