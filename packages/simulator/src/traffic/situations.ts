import type { Situation } from '../core/situations.ts'
import { type Micros, SECOND } from '../core/time.ts'
import type { Steps } from '../operations/operation.ts'
import type { Scene } from './situationInstances.ts'
import { situationScripts } from './situationScripts.ts'

/** Audit periods from one start of the situations to the next; each ends in less time. */
const PERIODS_BETWEEN_STARTS = 4

/** The longest time from the start of the situations to their end, microseconds. */
export function spanOfSituations(auditPeriod: Micros): Micros {
  return PERIODS_BETWEEN_STARTS * auditPeriod
}

/**
 * Starts the operations of the situations in every deployment, and again every four audit periods.
 *
 * @param end only the first start may last longer, microseconds
 */
export function* situationTraffic(
  simulation: Scene['simulation'],
  scenes: readonly Scene[],
  situations: readonly Situation[],
  end: number,
): Steps {
  const { auditPeriod, random, now } = simulation
  const round = spanOfSituations(auditPeriod)
  for (;;) {
    for (const scene of scenes) {
      for (const script of situations.flatMap((situation) => situationScripts[situation])) {
        yield Math.round(random.between(0.5, 6) * SECOND)
        simulation.start(script(scene))
      }
    }
    if (now() + 2 * round > end) return
    yield round
  }
}
