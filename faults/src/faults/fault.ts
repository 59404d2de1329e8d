import type { Random } from '../random.ts'
import type { World } from '../world/world.ts'

/** What a fault has at hand. */
export interface Scene {
  world: World
  random: Random
  /** Waits for as long as a fault lasts: `short` seconds in the short form, else `long`. */
  hold(short: number, long: number): Promise<void>
  /** Whether what is half open stays so until the programs notice. */
  patient: boolean
}

/** Something bad that happens. */
export interface Fault {
  name: string
  /** Hosts of the cloud have wrong clocks meanwhile. */
  hostClocks?: boolean
  /** Makes it happen, and resolves once it is over. */
  inflict(scene: Scene): Promise<void>
}

/** A fault that cannot happen here. */
export interface Omitted {
  name: string
  why: string
}
