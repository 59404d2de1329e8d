import { imagesExistNotification } from '../operations/images.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import { type Micros, SECOND } from '../core/time.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import type { Instance } from '../world/instance.ts'
import { forgetDeletedBefore, type Population } from '../world/population.ts'
import { createPeriodicRequest } from '../world/request.ts'

/** What the audit of a host finds: launched before the period's end, and not terminated before its beginning. */
function found(population: Population, host: string, beginning: Micros, ending: Micros): Instance[] {
  return [...population.instances, ...population.deletedInstances].filter(
    (instance) =>
      instance.host === host &&
      instance.launchedAt !== null &&
      instance.launchedAt < ending &&
      (instance.terminatedAt === null || instance.terminatedAt > beginning),
  )
}

/** One host's audit of the period that has ended: an exists per instance, all with one request id and no user. */
function* auditHost(simulation: Simulation, population: Population, host: string, beginning: Micros, ending: Micros): Steps {
  yield Math.round(simulation.random.between(1, 40) * SECOND)
  const request = createPeriodicRequest(simulation.now(), simulation.random)
  for (const instance of found(population, host, beginning, ending)) {
    yield simulation.random.int(3000, 12_000)
    simulation.emitExistsOf(instance, request, { beginning, ending, host, elevated: true })
  }
}

/** Rackspace's glance: one image.exists per owner. */
function* auditImages(simulation: Simulation, population: Population, beginning: Micros, ending: Micros): Steps {
  yield Math.round(simulation.random.between(60, 120) * SECOND)
  const owners = new Map<string, GlanceImage[]>()
  for (const image of [...population.images, ...population.deletedImages]) {
    if (image.createdAt >= ending || (image.deletedAt !== null && image.deletedAt < beginning)) continue
    owners.set(image.owner, [...(owners.get(image.owner) ?? []), image])
  }
  for (const [owner, images] of owners) {
    yield simulation.random.int(3000, 12_000)
    simulation.emit(imagesExistNotification(population.deployment, owner, images, beginning, ending))
  }
}

/** At each period's end every host audits the period, as long as `goesOn` says so. */
export function* audit(
  simulation: Simulation,
  populations: readonly Population[],
  imageExists: boolean,
  goesOn: () => boolean,
): Steps {
  for (;;) {
    const period = simulation.auditPeriod
    const ending = (Math.floor(simulation.now() / period) + 1) * period
    yield ending - simulation.now()
    if (!goesOn()) return
    for (const population of populations) {
      // Audits run shortly after the boundary: what went before the last period is done with.
      forgetDeletedBefore(population, ending - period)
      for (const host of population.deployment.hosts) {
        simulation.begin(auditHost(simulation, population, host, ending - period, ending))
      }
      if (imageExists) simulation.begin(auditImages(simulation, population, ending - period, ending))
    }
  }
}
