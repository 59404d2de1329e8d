import type { Settings } from '../core/options.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import { MINUTE } from '../core/time.ts'
import { type Population, pickAny } from '../world/population.ts'
import { startImageOperation } from './images.ts'
import { startCreate, startOperation, type Clients } from './instances.ts'

function startSomething(simulation: Simulation, population: Population, clients: Clients, wanted: number): void {
  const { random } = simulation
  if (random.chance(0.1)) {
    startImageOperation(simulation, population, clients)
    return
  }
  const many = population.instances.length
  const creating = random.chance(many < wanted / 2 ? 0.5 : many < wanted ? 0.2 : 0.08)
  if (creating || !startOperation(simulation, population, clients, many > wanted)) startCreate(simulation, population, clients)
}

/** Operations start, evenly but for some jitter, until there were as many as wanted. */
export function* traffic(
  simulation: Simulation,
  populations: readonly Population[],
  clients: Clients,
  settings: Settings,
  over: () => void,
): Steps {
  const gap = MINUTE / settings.operationsPerMinute
  let due = simulation.now()
  for (let i = 0; i < settings.operations; i++) {
    // The jitter does not add up: the whole takes as long as it should.
    due = settings.start + Math.round(gap * (i + simulation.random.next()))
    yield Math.max(0, due - simulation.now())
    const population = pickAny(simulation.random, populations)
    if (population !== undefined) startSomething(simulation, population, clients, settings.instances)
  }
  over()
}
