import type { Settings } from '../core/options.ts'
import { MINUTE } from '../core/time.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import { type Population, pickAny } from '../world/population.ts'
import { startImageOperation } from './images.ts'
import { startCreate, startOperation, type TrafficContext } from './instances.ts'

function startSomething(simulation: Simulation, population: Population, context: TrafficContext, target: number): void {
  const { random } = simulation
  if (random.chance(0.1)) {
    startImageOperation(simulation, population, context)
    return
  }
  const count = population.instances.length
  const creates = random.chance(count < target / 2 ? 0.5 : count < target ? 0.2 : 0.08)
  if (creates || !startOperation(simulation, population, context, count > target)) {
    startCreate(simulation, population, context)
  }
}

/** Starts the configured number of operations at an even rate with some jitter, then calls `onEnd`. */
export function* traffic(
  simulation: Simulation,
  populations: readonly Population[],
  context: TrafficContext,
  settings: Settings,
  onEnd: () => void,
): Steps {
  const gap = MINUTE / settings.operationsPerMinute
  let due = simulation.now()
  for (let i = 0; i < settings.operations; i++) {
    // The jitter does not accumulate, so the total time is as configured.
    due = settings.start + Math.round(gap * (i + simulation.random.next()))
    yield Math.max(0, due - simulation.now())
    const population = pickAny(simulation.random, populations)
    if (population !== undefined) startSomething(simulation, population, context, settings.instances)
  }
  onEnd()
}
