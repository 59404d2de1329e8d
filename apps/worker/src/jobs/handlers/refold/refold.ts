import { setTimeout as sleep } from 'node:timers/promises'
import { withRetentionLock } from '@stacktach/db'
import { SECOND, untilAfter } from '@stacktach/domain'
import { type Progress, type Result, refoldProgress } from '@stacktach/jobs'
import type { JobContext } from '../../context.ts'
import { retryTransient } from '../retryTransient.ts'
import { verifyGlance, verifyNova } from '../verify.ts'
import { refoldInstances } from './instances.ts'
import { rereadNotifications } from './notifications.ts'
import { refoldImages, refoldRequests } from './requestsAndImages.ts'
import { type RefoldState, type RefoldStep, START } from './state.ts'

/** How often the retention lock of another process is checked. */
const POLL_INTERVAL_MS = 1_000

/** Retries of a batch, because the job itself has few attempts. */
const RETRIES = 9

const steps: Record<Exclude<RefoldState['step'], 'verification'>, RefoldStep> = {
  notifications: rereadNotifications,
  instances: refoldInstances,
  requests: refoldRequests,
  images: refoldImages,
}

/**
 * Brings stored data to the current rules:
 * 1. reads the stored notifications again and updates their columns;
 * 2. refolds instances, then requests, then images;
 * 3. verifies again all exists whose audit period has settled. A published exists is not published again, because its
 *    outbox message exists.
 * Each batch is one transaction, and the progress is stored after it, so that the next attempt resumes there. Ingest and
 * other jobs continue; retention waits, because the boundaries of a partition must be folded from updated notifications.
 */
export async function refold(context: JobContext, progress: Progress): Promise<Result<'refold'>> {
  for (;;) {
    const result = await withRetentionLock(context.database.pool, () => refoldAll(context, progress))
    if (result !== null) return result
    throwIfStopping(context)
    await sleep(POLL_INTERVAL_MS)
  }
}

async function refoldAll(context: JobContext, progress: Progress): Promise<Result<'refold'>> {
  let state = refoldProgress.safeParse(progress.previous).data ?? START
  while (state.step !== 'verification') {
    throwIfStopping(context)
    const before = state
    const step = steps[state.step]
    state = await retryTransient(() => step(context, before), RETRIES)
    await progress.report({ ...state })
  }
  const { verification, clock } = context
  const range = { from: null, until: untilAfter(clock() - verification.settleSeconds * SECOND) }
  const nova = await verifyNova(context, { range, again: true })
  const glance = await verifyGlance(context, { range, again: true })
  throwIfStopping(context)
  const { step: _, part: __, after: ___, ...counts } = state
  return { ...counts, nova, glance }
}

function throwIfStopping({ stopping }: JobContext): void {
  if (stopping.aborted) throw new Error('shutting down; the next attempt resumes')
}
