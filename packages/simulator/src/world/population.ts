import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { Deployment } from './deployment.ts'
import type { GlanceImage } from './glanceImage.ts'
import type { Instance } from './instance.ts'

/** All that lives in one deployment at a moment. */
export type Population = {
  readonly deployment: Deployment
  readonly instances: Instance[]
  /** Deleted instances that a periodic audit may still emitExistsOf of. */
  readonly deletedInstances: Instance[]
  readonly images: GlanceImage[]
  /** Deleted images of the current audit period. */
  readonly deletedImages: GlanceImage[]
  /** nova's next row number. */
  nextNumber: number
}

export function createPopulation(deployment: Deployment): Population {
  return { deployment, instances: [], deletedInstances: [], images: [], deletedImages: [], nextNumber: 1 }
}

/** Any of them, undefined when there is none. */
export function pickAny<T>(random: Random, things: readonly T[]): T | undefined {
  return things[random.int(0, Math.max(0, things.length - 1))]
}

/** Takes it out of a list whose order means nothing. */
export function removeUnordered<T>(things: T[], thing: T): void {
  const i = things.indexOf(thing)
  const last = things.pop()
  if (last !== undefined && i >= 0 && i < things.length) things[i] = last
}

/** Forgets what no audit of a period from `since` on (microseconds) can emitExistsOf of any more. */
export function forgetDeletedBefore(population: Population, since: Micros): void {
  const stays = (thing: { deletedAt: Micros | null }): boolean => (thing.deletedAt ?? since) >= since
  const { deletedInstances, deletedImages } = population
  deletedInstances.splice(0, deletedInstances.length, ...deletedInstances.filter(stays))
  deletedImages.splice(0, deletedImages.length, ...deletedImages.filter(stays))
}
