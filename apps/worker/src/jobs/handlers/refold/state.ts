import { type refoldProgress, refoldSteps } from '@stacktach/jobs'
import type { JobContext } from '../../context.ts'

/** The counts of a refold, and the position from which it continues. */
export type RefoldState = ReturnType<typeof refoldProgress.parse>

export const START: RefoldState = {
  notifications: 0,
  changed: 0,
  unreadable: 0,
  instances: 0,
  requests: 0,
  images: 0,
  step: 'notifications',
  part: 0,
  upTo: 0,
  after: '',
}

/** Processes one batch; returns the state after it. */
export type RefoldStep = (context: JobContext, state: RefoldState) => Promise<RefoldState>

/** The state at the beginning of the next part, or of the next step after the last part. */
export function nextPart(state: RefoldState, parts: number): RefoldState {
  if (state.part + 1 < parts) return { ...state, part: state.part + 1, upTo: 0, after: '' }
  const step = refoldSteps[refoldSteps.indexOf(state.step) + 1] ?? 'verification'
  return { ...state, step, part: 0, upTo: 0, after: '' }
}
