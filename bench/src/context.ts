import type { Instant } from '@stacktach/domain'
import type { Answer, Figure } from './figure.ts'
import type { BenchOptions } from './options.ts'

/** What every measurement gets. */
export interface Context {
  options: BenchOptions
  /** The start of the run. */
  now: Instant
  add(...figures: Figure[]): void
  addAnswer(answer: Answer): void
  /** Logs progress to standard error. */
  log(text: string): void
}
