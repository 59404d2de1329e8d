import { imagesExistNotice } from './images.ts'
import type { Scene, Story } from './stage.ts'
import { type Micros, second } from './time.ts'
import type { GlanceImage } from './world/glanceImage.ts'
import type { Instance } from './world/instance.ts'
import { forget, type Population } from './world/population.ts'
import { createPeriodicRequest } from './world/request.ts'

/** What the audit of a host finds: launched before the period's end, and not terminated before its beginning. */
function found(population: Population, host: string, beginning: Micros, ending: Micros): Instance[] {
  return [...population.instances, ...population.departed].filter(
    (instance) =>
      instance.host === host &&
      instance.launchedAt !== null &&
      instance.launchedAt < ending &&
      (instance.terminatedAt === null || instance.terminatedAt > beginning),
  )
}

/** One host's audit of the period that has ended: an exists per instance, all with one request id and no user. */
function* auditHost(scene: Scene, population: Population, host: string, beginning: Micros, ending: Micros): Story {
  yield Math.round(scene.random.between(1, 40) * second)
  const request = createPeriodicRequest(scene.now(), scene.random)
  for (const instance of found(population, host, beginning, ending)) {
    yield scene.random.int(3000, 12_000)
    scene.tell(instance, request, { beginning, ending, host, elevated: true })
  }
}

/** Rackspace's glance: one image.exists per owner. */
function* auditImages(scene: Scene, population: Population, beginning: Micros, ending: Micros): Story {
  yield Math.round(scene.random.between(60, 120) * second)
  const owners = new Map<string, GlanceImage[]>()
  for (const image of [...population.images, ...population.departedImages]) {
    if (image.createdAt >= ending || (image.deletedAt !== null && image.deletedAt < beginning)) continue
    owners.set(image.owner, [...(owners.get(image.owner) ?? []), image])
  }
  for (const [owner, images] of owners) {
    yield scene.random.int(3000, 12_000)
    scene.emit(imagesExistNotice(population.deployment, owner, images, beginning, ending))
  }
}

/** At each period's end every host audits the period, as long as `goesOn` says so. */
export function* audit(
  scene: Scene,
  populations: readonly Population[],
  imageExists: boolean,
  goesOn: () => boolean,
): Story {
  for (;;) {
    const period = scene.auditPeriod
    const ending = (Math.floor(scene.now() / period) + 1) * period
    yield ending - scene.now()
    if (!goesOn()) return
    for (const population of populations) {
      // Audits run shortly after the boundary: what went before the last period is done with.
      forget(population, ending - period)
      for (const host of population.deployment.hosts) {
        scene.begin(auditHost(scene, population, host, ending - period, ending))
      }
      if (imageExists) scene.begin(auditImages(scene, population, ending - period, ending))
    }
  }
}
