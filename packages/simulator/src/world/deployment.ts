import type { Random } from '../core/random.ts'
import { createFlavors, createHugeFlavor, type Flavor } from './flavor.ts'
import { type BaseImage, createBaseImages } from './image.ts'

/** One nova and one glance behind one broker. */
export type Deployment = {
  readonly name: string
  /** Where the API, the conductor and the scheduler run. */
  readonly controller: string
  readonly hosts: readonly [string, string, ...string[]]
  /** Glance's publisher id: `localhost` unless default_publisher_id is set. */
  readonly imageHost: string
  readonly flavors: readonly [Flavor, ...Flavor[]]
  readonly hugeFlavor: Flavor
  readonly images: readonly [BaseImage, ...BaseImage[]]
  /** The message of a successful `create.end`, in the language of nova's services. */
  readonly successMessage: string
}

/** nova's translations of `Success`. */
const successMessages = ['成功', 'Erfolg', 'Başarılı', '성공', 'Успех', 'Succès'] as const

/**
 * Creates a deployment with `hosts` (at least two) compute hosts.
 *
 * @param language index of the language of nova's messages; null: English
 */
export function createDeployment(name: string, hosts: number, language: number | null, random: Random): Deployment {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const host = (i: number): string => `compute-${String(i).padStart(2, '0')}.${slug}.example.org`
  const more = Array.from({ length: Math.max(0, hosts - 2) }, (_, i) => host(i + 3))
  return {
    name,
    controller: `controller-01.${slug}.example.org`,
    hosts: [host(1), host(2), ...more],
    imageHost: random.chance(0.5) ? 'localhost' : `controller-01.${slug}.example.org`,
    flavors: createFlavors(random),
    hugeFlavor: createHugeFlavor(random),
    images: createBaseImages(random),
    successMessage: language === null ? 'Success' : (successMessages[language % successMessages.length] ?? 'Success'),
  }
}

/** Picks a compute host other than `host`. */
export function otherHost(deployment: Deployment, host: string | null, random: Random): string {
  const [first, second, ...more] = deployment.hosts
  if (host === null) return random.pick(deployment.hosts)
  const rest = [second, ...more].filter((h) => h !== host)
  return random.pick(host === first ? [second, ...more] : [first, ...rest])
}
