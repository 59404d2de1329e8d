import { DAY, type Duration, HOUR, type Instant, parseInstant, type TimePeriod } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { isoInstant } from '../view/links.ts'

/** `2026-11-20T12:00`, as a browser's field for a time sends it; with seconds, a fraction and `Z` as in links. UTC. */
export const isoTime = z
  .string()
  .refine((text) => parseIsoTime(text) !== null, {
    error: ({ path, input }) => `${String(path?.[0])} must be a time in UTC such as 2026-11-20T12:00, not ${input}`,
  })
  .transform((text): Instant => parseIsoTime(text) ?? z.NEVER)

function parseIsoTime(text: string): Instant | null {
  return parseInstant(/T\d{2}:\d{2}$/.test(text) ? `${text}:00` : text)
}

/** The value of a field for a time, to the minute. */
export function fieldTime(instant: Instant): string {
  return isoInstant(instant).slice(0, 16)
}

/** Periods that end now. */
export const recentPeriods = {
  '1h': { label: 'Last hour', length: HOUR },
  '24h': { label: '24 hours', length: DAY },
  '7d': { label: '7 days', length: 7 * DAY },
} as const satisfies Record<string, { label: string; length: Duration }>

export type RecentPeriod = keyof typeof recentPeriods

export const recentPeriodNames: readonly RecentPeriod[] = ['1h', '24h', '7d']

const DEFAULT_PERIOD: RecentPeriod = '24h'

/** Longest period of one page, in days. */
export const MAX_PERIOD_DAYS = 92

/** The parameters of a period, to be spread into a schema: one that ends now, or its ends. */
export const periodParameters = {
  period: z.enum(recentPeriodNames, { error: 'period must be one of 1h, 24h, 7d' }).optional(),
  from: isoTime.optional(),
  until: isoTime.optional(),
}

interface PeriodParameters {
  period?: RecentPeriod | undefined
  from?: Instant | undefined
  until?: Instant | undefined
}

export interface ChosenPeriod extends TimePeriod {
  /** Null if its ends are given. */
  recent: RecentPeriod | null
}

/**
 * The period of a page: with `from` or `until` these, else the recent one.
 *
 * @throws HttpError 400 if it is empty or too long
 */
export function chosenPeriod({ period, from, until }: PeriodParameters, now: Instant): ChosenPeriod {
  if (from === undefined && until === undefined) {
    const recent = period ?? DEFAULT_PERIOD
    return { recent, from: now - recentPeriods[recent].length, until: now }
  }
  const end = until ?? now
  const chosen = { recent: null, from: from ?? end - DAY, until: end }
  if (chosen.from >= chosen.until) throw new HttpError(400, 'from must be before until')
  if (chosen.until - chosen.from > MAX_PERIOD_DAYS * DAY) {
    throw new HttpError(400, `The period from ${isoInstant(chosen.from)} is longer than ${MAX_PERIOD_DAYS} days`)
  }
  return chosen
}
