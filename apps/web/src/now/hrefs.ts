import type { ExistsService } from '@stacktach/db'
import { withQuery } from '../view/links.ts'

/** The exists that failed verification for a reason. */
export function failedExistsHref(service: ExistsService, reason: string): string {
  return withQuery('/exists', { service, status: 'failed', reason })
}

/** The exists that were published as verified and failed later. */
export function contradictedHref(service: ExistsService): string {
  return withQuery('/exists', { service, contradicted: 1 })
}

export const REJECTED_HREF = '/system#rejected'

export const BACKLOG_HREF = '/system'

export const OPEN_HREF = '/operations/open'

export const ALL_OPEN_HREF = withQuery(OPEN_HREF, { show: 'all' })
