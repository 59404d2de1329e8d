import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { Deployment } from './deployment.ts'
import type { GlanceImage } from './glanceImage.ts'
import type { Instance } from './instance.ts'

/** The instances and images of one deployment. */
export type Population = {
  readonly deployment: Deployment
  readonly instances: Instance[]
  /** Instances of situations: no other operation starts on them. */
  readonly situationInstances: Instance[]
  /** Hosts whose next audit runs late, and how late after the period's end, microseconds. */
  readonly lateAudits: Map<string, Micros>
  /** Deleted instances that the next periodic audit may still report. */
  readonly deletedInstances: Instance[]
  readonly images: GlanceImage[]
  /** Deleted images of the current audit period. */
  readonly deletedImages: GlanceImage[]
  /** nova's next row number. */
  nextNumber: number
}

export function createPopulation(deployment: Deployment): Population {
  return {
    deployment,
    instances: [],
    situationInstances: [],
    lateAudits: new Map(),
    deletedInstances: [],
    images: [],
    deletedImages: [],
    nextNumber: 1,
  }
}

/** Picks an element; undefined if the list is empty. */
export function pickAny<T>(random: Random, elements: readonly T[]): T | undefined {
  return elements[random.int(0, Math.max(0, elements.length - 1))]
}

/** Removes an element from a list whose order does not matter. */
export function removeUnordered<T>(elements: T[], element: T): void {
  const i = elements.indexOf(element)
  const last = elements.pop()
  if (last !== undefined && i >= 0 && i < elements.length) elements[i] = last
}

/** Drops what was deleted before `since` (microseconds): no later audit period includes it. */
export function forgetDeletedBefore(population: Population, since: Micros): void {
  const isKept = (element: { deletedAt: Micros | null }): boolean => (element.deletedAt ?? since) >= since
  const { deletedInstances, deletedImages, situationInstances } = population
  // A soft-deleted instance is audited until it is reclaimed.
  const kept = situationInstances.filter((instance) => instance.state !== 'deleted' || isKept(instance))
  situationInstances.splice(0, situationInstances.length, ...kept)
  deletedInstances.splice(0, deletedInstances.length, ...deletedInstances.filter(isKept))
  deletedImages.splice(0, deletedImages.length, ...deletedImages.filter(isKept))
}
