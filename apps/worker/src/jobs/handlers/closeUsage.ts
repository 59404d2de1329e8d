import { closeDay, daysToClose, queueOpenDays, storeCorrections, withUsageLock } from '@stacktach/db'
import type { Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { retryTransient } from './retryTransient.ts'

/** Retries of a transaction that a fold or a verification interrupted. */
const RETRIES = 5

/**
 * Closes the days whose usage nova must have reported, and compares late changes with closed days. One process at a time; an
 * interrupted run is continued by the next one.
 */
export async function closeUsage(context: JobContext): Promise<Result<'close-usage'>> {
  const done = await withUsageLock(context.database.pool, () => closeAll(context))
  return done ?? { days: 0, corrections: 0, confirmed: 0 }
}

async function closeAll(context: JobContext): Promise<Result<'close-usage'>> {
  const { database, clock, stopping, logger } = context
  const total = { days: 0, corrections: 0, confirmed: 0 }
  const days = await daysToClose(database, clock())
  for (const day of days) {
    const instances = await retryTransient(() => closeDay(database, day, clock(), stopping), RETRIES)
    if (stopping.aborted) return total
    total.days++
    logger.info({ day: new Date(day / 1000).toISOString().slice(0, 10), instances }, 'closed the usage of a day')
  }
  if (days.length > 0) await queueOpenDays(database, clock())
  while (!stopping.aborted) {
    const stored = await retryTransient(() => storeCorrections(database, clock()), RETRIES)
    if (stored.changes === 0) break
    total.corrections += stored.corrections
    total.confirmed += stored.confirmed
  }
  if (total.corrections > 0) {
    const { corrections, confirmed } = total
    logger.warn({ corrections, confirmed }, 'usage was corrected that was final or confirmed')
  }
  return total
}
