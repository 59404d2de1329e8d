import type { Rules } from '../rules.ts'
import { floorTo, type Instant, SECOND } from '../time/instant.ts'

/**
 * Whether two times are equal to the second, as in StackTach. With today's rules also when one is a whole second and
 * the other rounds to it: MySQL 8 rounds stored times (half a second up), but notifications have exact times.
 */
export function inSameSecond(one: Instant, other: Instant, rules: Rules): boolean {
  if (floorTo(one, SECOND) === floorTo(other, SECOND)) return true
  return rules === 'today' && (roundsTo(one, other) || roundsTo(other, one))
}

function roundsTo(time: Instant, whole: Instant): boolean {
  return floorTo(whole, SECOND) === whole && floorTo(time + SECOND / 2, SECOND) === whole
}
