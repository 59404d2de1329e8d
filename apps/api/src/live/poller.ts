import { setTimeout as sleep } from 'node:timers/promises'
import { type ArrivalBatch, type ArrivalPosition, ArrivalReader, type Database, isTransient } from '@stacktach/db'
import { type Logger, messageOf, throttled } from '@stacktach/runtime'
import pRetry from 'p-retry'
import type { LiveState } from './events.ts'

/** Pause between two reads when nothing more is waiting. */
const POLL_INTERVAL_MS = 500

/** Maximum number of notifications in one read. */
const BATCH_ROWS = 2_000

const MIN_RETRY_MS = 500
const MAX_RETRY_MS = 10_000

/** The state is `delayed` when a transaction has held back all later ones for this long. */
const HELD_BACK_MS = 10_000

/** After this time a database that is behind is taken for another one, and reading starts again. */
const BEHIND_MS = 60_000

/** Receives what the poller reads. */
export interface PollerTarget {
  /** The stream begins here: at the start, and after rows were skipped. */
  started(position: ArrivalPosition): void
  arrived(batch: ArrivalBatch): void
  changed(state: LiveState): void
}

/** Reads new notifications until the signal is aborted. Errors are logged and retried. */
export async function poll(db: Database, target: PollerTarget, logger: Logger, signal: AbortSignal): Promise<void> {
  const retrying = retryingReads(target, logger, signal)
  const warn = throttled((text) => logger.warn(text))
  try {
    while (!signal.aborted) {
      const reader = await retrying(() => ArrivalReader.open(db))
      if (signal.aborted) return
      target.started(reader.position)
      target.changed('live')
      await readUntilSkipped(reader)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }

  async function readUntilSkipped(reader: ArrivalReader): Promise<void> {
    const heldBackFor = stopwatch()
    const behindFor = stopwatch()
    for (;;) {
      const { transaction } = reader.position
      const batch = await retrying(() => reader.next(BATCH_ROWS))
      if (signal.aborted) return
      if (batch === null) {
        logger.warn('too many notifications at once, live clients skip them')
        return
      }
      if (behindFor(batch.behind) > BEHIND_MS) {
        logger.warn('the database is older than the notifications already sent, live clients start again')
        return
      }
      const isDelayed = heldBackFor(batch.heldBack && batch.position.transaction === transaction) > HELD_BACK_MS
      if (isDelayed) warn('an open transaction holds back live notifications')
      target.arrived(batch)
      target.changed(isDelayed ? 'delayed' : 'live')
      if (!batch.more) await sleep(POLL_INTERVAL_MS, undefined, { signal })
    }
  }
}

/** Repeats reads that fail, with increasing delays, until the signal is aborted. */
export function retryingReads(
  target: Pick<PollerTarget, 'changed'>,
  logger: Logger,
  signal: AbortSignal,
): <T>(read: () => Promise<T>) => Promise<T> {
  const warn = throttled((reason) => logger.warn({ reason }, 'could not read new notifications, retrying'))
  return (read) =>
    pRetry(() => read().catch(asRetryable), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: MIN_RETRY_MS,
      maxTimeout: MAX_RETRY_MS,
      signal,
      onFailedAttempt({ error }) {
        if (signal.aborted) return
        target.changed('unavailable')
        if (isTransient(error)) warn(messageOf(error))
        else logger.error({ err: error }, 'reading new notifications failed, retrying')
      },
    })
}

/** p-retry retries neither a TypeError nor anything that is not an Error. */
function asRetryable(error: unknown): never {
  throw error instanceof Error && !(error instanceof TypeError) ? error : new Error(messageOf(error), { cause: error })
}

/** Returns for how many milliseconds a condition has held without interruption. */
function stopwatch(): (holds: boolean) => number {
  let since: number | null = null
  return (holds) => {
    if (!holds) since = null
    else since ??= performance.now()
    return since === null ? 0 : performance.now() - since
  }
}
