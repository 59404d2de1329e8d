import type { ExistsService } from '@stacktach/db'
import { DAY, type Instant } from '@stacktach/domain'
import { isoInstant, withQuery } from '../view/links.ts'

/** The exists of the last days that failed verification, also for one reason only. */
export function failedExistsHref(now: Instant, days: number, service?: ExistsService, reason?: string): string {
  return withQuery('/usage', { service, status: 'failed', reason, from: isoInstant(now - days * DAY) })
}

/** The exists of the last days that were published as verified and failed later. */
export function contradictedHref(now: Instant, days: number, service?: ExistsService): string {
  return withQuery('/usage', { service, contradicted: 1, from: isoInstant(now - days * DAY) })
}

export const REJECTED_HREF = '/system#rejected'

export const BACKLOG_HREF = '/system#backlog'

export const OPEN_HREF = '/operations/open'

export const ALL_OPEN_HREF = withQuery(OPEN_HREF, { show: 'all' })
