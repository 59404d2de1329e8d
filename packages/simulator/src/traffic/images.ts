import { createImage, deleteImage, importImage, sendImage, updateImage } from '../operations/images.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import { type Population, pickAny, removeUnordered } from '../world/population.ts'
import type { TrafficContext } from './instances.ts'

const names = ['golden', 'appliance', 'build-agent', 'router', 'backup'] as const

function startImport(simulation: Simulation, population: Population, context: TrafficContext): void {
  const { random } = simulation
  const image = createImage(simulation, {
    deployment: population.deployment,
    owner: random.pick(context.tenants).id,
    name: `${random.pick(names)}-${random.int(1, 99)}`,
    properties: { os_distro: random.pick(['debian', 'ubuntu', 'cirros']), architecture: 'x86_64' },
    tags: random.chance(0.5) ? ['base'] : [],
    minDisk: random.int(1, 20),
  })
  const fails = random.chance(context.failures)
  simulation.start(importImage(simulation, image, fails, () => population.images.push(image)))
}

function chooseSteps(
  simulation: Simulation,
  population: Population,
  context: TrafficContext,
  image: GlanceImage,
): Steps {
  const { random } = simulation
  const draw = random.next()
  if (draw < 0.4) return updateImage(simulation, image)
  if (draw < 0.7) {
    const tenant = random.pick(context.tenants)
    return sendImage(simulation, image, { tenant: tenant.id, user: random.pick(tenant.users) })
  }
  removeUnordered(population.images, image)
  population.deletedImages.push(image)
  return deleteImage(simulation, image)
}

/** Starts an operation on an existing or a new image. */
export function startImageOperation(simulation: Simulation, population: Population, context: TrafficContext): void {
  const image = pickAny(simulation.random, population.images)
  if (image === undefined || simulation.random.chance(population.images.length < 8 ? 0.5 : 0.2)) {
    startImport(simulation, population, context)
  } else {
    simulation.start(chooseSteps(simulation, population, context, image))
  }
}
