import type { Settings } from '../options.ts'
import type { Scene, Story } from '../stage.ts'
import { minute } from '../time.ts'
import { type Population, pickAny } from '../world/population.ts'
import { beginImageOperation } from './images.ts'
import { beginCreate, beginOperation, type Clients } from './instances.ts'

function beginSomething(scene: Scene, population: Population, clients: Clients, wanted: number): void {
  const { random } = scene
  if (random.chance(0.1)) {
    beginImageOperation(scene, population, clients)
    return
  }
  const many = population.instances.length
  const creating = random.chance(many < wanted / 2 ? 0.5 : many < wanted ? 0.2 : 0.08)
  if (creating || !beginOperation(scene, population, clients, many > wanted)) beginCreate(scene, population, clients)
}

/** Operations start, evenly but for some jitter, until there were as many as wanted. */
export function* traffic(
  scene: Scene,
  populations: readonly Population[],
  clients: Clients,
  settings: Settings,
  over: () => void,
): Story {
  const gap = minute / settings.operationsPerMinute
  let due = scene.now()
  for (let i = 0; i < settings.operations; i++) {
    // The jitter does not add up: the whole takes as long as it should.
    due = settings.start + Math.round(gap * (i + scene.random.next()))
    yield Math.max(0, due - scene.now())
    const population = pickAny(scene.random, populations)
    if (population !== undefined) beginSomething(scene, population, clients, settings.instances)
  }
  over()
}
