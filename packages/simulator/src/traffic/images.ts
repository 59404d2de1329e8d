import { createImage, deleteImage, importImage, sendImage, updateImage } from '../images.ts'
import type { Scene, Story } from '../stage.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import { type Population, pickAny, takeOut } from '../world/population.ts'
import type { Clients } from './instances.ts'

const names = ['golden', 'appliance', 'build-agent', 'router', 'backup'] as const

function beginImport(scene: Scene, population: Population, clients: Clients): void {
  const { random } = scene
  const image = createImage(scene, {
    deployment: population.deployment,
    owner: random.pick(clients.tenants).id,
    name: `${random.pick(names)}-${random.int(1, 99)}`,
    properties: { os_distro: random.pick(['debian', 'ubuntu', 'cirros']), architecture: 'x86_64' },
    tags: random.chance(0.5) ? ['base'] : [],
    minDisk: random.int(1, 20),
  })
  const fails = random.chance(clients.failures)
  scene.begin(importImage(scene, image, fails, () => population.images.push(image)))
}

function storyOf(scene: Scene, population: Population, clients: Clients, image: GlanceImage): Story {
  const { random } = scene
  const draw = random.next()
  if (draw < 0.4) return updateImage(scene, image)
  if (draw < 0.7) {
    const tenant = random.pick(clients.tenants)
    return sendImage(scene, image, { tenant: tenant.id, user: random.pick(tenant.users) })
  }
  takeOut(population.images, image)
  population.departedImages.push(image)
  return deleteImage(scene, image)
}

/** Somebody does something with glance. */
export function beginImageOperation(scene: Scene, population: Population, clients: Clients): void {
  const image = pickAny(scene.random, population.images)
  if (image === undefined || scene.random.chance(population.images.length < 8 ? 0.5 : 0.2)) {
    beginImport(scene, population, clients)
  } else {
    scene.begin(storyOf(scene, population, clients, image))
  }
}
