import type { Random } from '../random.ts'
import type { Micros } from '../time.ts'
import type { Deployment } from './deployment.ts'
import type { GlanceImage } from './glanceImage.ts'
import type { Instance } from './instance.ts'

/** All that lives in one deployment at a moment. */
export type Population = {
  readonly deployment: Deployment
  readonly instances: Instance[]
  /** Deleted instances that a periodic audit may still tell of. */
  readonly departed: Instance[]
  readonly images: GlanceImage[]
  /** Deleted images of the current audit period. */
  readonly departedImages: GlanceImage[]
  /** nova's next row number. */
  nextNumber: number
}

export function createPopulation(deployment: Deployment): Population {
  return { deployment, instances: [], departed: [], images: [], departedImages: [], nextNumber: 1 }
}

/** Any of them, undefined when there is none. */
export function pickAny<T>(random: Random, things: readonly T[]): T | undefined {
  return things[random.int(0, Math.max(0, things.length - 1))]
}

/** Takes it out of a list whose order means nothing. */
export function takeOut<T>(things: T[], thing: T): void {
  const i = things.indexOf(thing)
  const last = things.pop()
  if (last !== undefined && i >= 0 && i < things.length) things[i] = last
}

/** Forgets what no audit of a period from `since` on (microseconds) can tell of any more. */
export function forget(population: Population, since: Micros): void {
  const stays = (thing: { deletedAt: Micros | null }): boolean => (thing.deletedAt ?? since) >= since
  const { departed, departedImages } = population
  departed.splice(0, departed.length, ...departed.filter(stays))
  departedImages.splice(0, departedImages.length, ...departedImages.filter(stays))
}
