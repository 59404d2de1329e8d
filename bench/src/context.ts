import type { Instant } from '@stacktach/domain'
import type { Answer, Figure } from './figure.ts'
import type { BenchOptions } from './options.ts'

/** What every figure is measured with. */
export interface Context {
  options: BenchOptions
  /** When the run began. */
  now: Instant
  add(...figures: Figure[]): void
  addAnswer(answer: Answer): void
  /** Says on standard error how far it is. */
  note(text: string): void
}
