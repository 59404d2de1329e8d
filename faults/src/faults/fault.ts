import type { Random } from '../random.ts'
import type { Stack } from '../stack/stack.ts'

/** What a fault acts on. */
export interface FaultContext {
  stack: Stack
  random: Random
  /** Waits while a fault lasts: `short` seconds in the short form, else `long` seconds. */
  hold(short: number, long: number): Promise<void>
  /** Whether the suite runs in its short form. */
  short: boolean
}

/** A fault that the suite injects. */
export interface Fault {
  name: string
  /** Whether hosts of the simulated cloud have wrong clocks during the fault. */
  hostClocks?: boolean
  /** Injects the fault; resolves when the fault is over. */
  inject(context: FaultContext): Promise<void>
}

/** A fault that cannot be injected on this machine. */
export interface Omitted {
  name: string
  reason: string
}
