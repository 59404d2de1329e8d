import type { Random } from '../core/random.ts'

/** A flavor. Each deployment has its own flavors, because each nova has its own database. */
export type Flavor = {
  /** nova's row number, `instance_type_id`; only classic notifications have it. */
  readonly id: number
  /** The flavor's id in the API, `instance_flavor_id`. */
  readonly flavorId: string
  readonly name: string
  readonly memoryMb: number
  readonly vcpus: number
  readonly rootGb: number
  readonly ephemeralGb: number
  readonly swap: number
  readonly extraSpecs: Readonly<Record<string, string>>
}

const sizes = [
  { name: 'g2.tiny', memoryMb: 512, vcpus: 1, rootGb: 10, ephemeralGb: 0, swap: 0, extraSpecs: {} },
  { name: 'g2.small', memoryMb: 2048, vcpus: 1, rootGb: 20, ephemeralGb: 0, swap: 0, extraSpecs: {} },
  {
    name: 'g2.medium',
    memoryMb: 4096,
    vcpus: 2,
    rootGb: 40,
    ephemeralGb: 10,
    swap: 512,
    extraSpecs: { 'hw:cpu_policy': 'shared' },
  },
  { name: 'g2.large', memoryMb: 8192, vcpus: 4, rootGb: 80, ephemeralGb: 0, swap: 0, extraSpecs: {} },
] as const

/** Creates the flavors of one deployment, smallest first. */
export function createFlavors(random: Random): readonly [Flavor, ...Flavor[]] {
  const first = random.int(3, 9)
  const [smallest, ...rest] = sizes.map((size, i) => ({ ...size, id: first + i, flavorId: random.uuid() }))
  if (smallest === undefined) throw new Error('no flavors')
  return [smallest, ...rest]
}

/** Creates a flavor that fits on no host: a request for it fails with NoValidHost. */
export function createHugeFlavor(random: Random): Flavor {
  return {
    id: 99,
    flavorId: random.uuid(),
    name: 'c9.metal',
    memoryMb: 1_048_576,
    vcpus: 256,
    rootGb: 2000,
    ephemeralGb: 0,
    swap: 0,
    extraSpecs: {},
  }
}
