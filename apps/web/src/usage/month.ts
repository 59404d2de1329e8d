import { type Instant, parseInstant, periodHolding, type TimePeriod } from '@stacktach/domain'
import { textParameter } from '@stacktach/http'
import { z } from 'zod'

/** A month as `2026-11`, in UTC. */
export const monthParameter = textParameter
  .refine((text) => parseMonth(text) !== null, {
    error: ({ path, input }) => `${String(path?.[0])} must be a month such as 2026-11, not ${input}`,
  })
  .transform((text): TimePeriod => parseMonth(text) ?? z.NEVER)

function parseMonth(text: string): TimePeriod | null {
  const start = /^\d{4}-\d{2}$/.test(text) ? parseInstant(`${text}-01 00:00:00`) : null
  return start === null ? null : periodHolding(start, 'month')
}

/** The month of an instant, as the parameter has it. */
export function monthText(instant: Instant): string {
  return new Date(instant / 1000).toISOString().slice(0, 7)
}

/** The months of a period as texts, latest first, at most `limit`; the first one is that of the end. */
export function monthsBack({ from, until }: TimePeriod, limit: number): string[] {
  const months: string[] = []
  let { from: start } = periodHolding(until, 'month')
  while (months.length < limit) {
    months.push(monthText(start))
    if (start <= from) break
    start = periodHolding(start - 1, 'month').from
  }
  return months
}
