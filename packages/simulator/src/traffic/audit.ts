import { type Micros, SECOND } from '../core/time.ts'
import { imagesExistNotification } from '../notifications/image.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import type { Instance } from '../world/instance.ts'
import { forgetDeletedBefore, type Population } from '../world/population.ts'
import { createPeriodicRequest } from '../world/request.ts'

/** The instances on `host` that were launched before the audit period's end and not terminated before its start. */
function auditedInstances(population: Population, host: string, from: Micros, until: Micros): Instance[] {
  return [...population.instances, ...population.deletedInstances, ...population.situationInstances].filter(
    (instance) =>
      instance.host === host &&
      !instance.unreachable &&
      instance.launchedAt !== null &&
      instance.launchedAt < until &&
      (instance.terminatedAt === null || instance.terminatedAt > from),
  )
}

/** One host audits the previous period: an exists for each instance, all with one request id and no user. */
function* auditHost(simulation: Simulation, population: Population, host: string, from: Micros, until: Micros): Steps {
  const delay = Math.round(simulation.random.between(1, 40) * SECOND)
  yield Math.max(delay, population.lateAudits.get(host) ?? 0)
  population.lateAudits.delete(host)
  const request = createPeriodicRequest(simulation.now(), simulation.random)
  for (const instance of auditedInstances(population, host, from, until)) {
    yield simulation.random.int(3000, 12_000)
    simulation.emitExistsOf(instance, request, { from, until, host, elevated: true })
  }
}

/** Rackspace's glance audits the previous period: an image.exists for each owner. */
function* auditImages(simulation: Simulation, population: Population, from: Micros, until: Micros): Steps {
  yield Math.round(simulation.random.between(60, 120) * SECOND)
  const imagesByOwner = new Map<string, GlanceImage[]>()
  for (const image of [...population.images, ...population.deletedImages]) {
    if (image.createdAt >= until || (image.deletedAt !== null && image.deletedAt < from)) continue
    imagesByOwner.set(image.owner, [...(imagesByOwner.get(image.owner) ?? []), image])
  }
  for (const [owner, images] of imagesByOwner) {
    yield simulation.random.int(3000, 12_000)
    simulation.emit(imagesExistNotification(population.deployment, owner, images, from, until))
  }
}

/** Audits each period at its end, as long as `isActive` returns true. */
export function* audit(
  simulation: Simulation,
  populations: readonly Population[],
  imageExists: boolean,
  isActive: () => boolean,
): Steps {
  for (;;) {
    const period = simulation.auditPeriod
    const until = (Math.floor(simulation.now() / period) + 1) * period
    const from = until - period
    yield until - simulation.now()
    if (!isActive()) return
    for (const population of populations) {
      forgetDeletedBefore(population, from)
      for (const host of population.deployment.hosts) {
        simulation.start(auditHost(simulation, population, host, from, until))
      }
      if (imageExists) simulation.start(auditImages(simulation, population, from, until))
    }
  }
}
