import { DAY, formatInstant, type Instant, MINUTE, parseInstant, SECOND } from '@stacktach/domain'
import { z } from 'zod'

/** A text that filters a list by equality. */
export const textFilter = z
  .string()
  .max(500, { error: ({ path }) => `${String(path?.[0])} must have at most 500 characters` })
  .transform((text) => text.trim())
  .transform((text) => (text === '' ? undefined : text))
  .optional()

/** A time as people type it, in UTC: `2026-11-20`, `2026-11-20 12:00`, with seconds, or ISO 8601. */
export const typedTime = z
  .string()
  .refine((text) => parseTyped(text) !== null, {
    error: ({ path, input }) => `${String(path?.[0])} must be a time in UTC such as 2026-11-20 12:00, not ${input}`,
  })
  .transform((text): Instant => parseTyped(text) ?? z.NEVER)
  .optional()

function parseTyped(text: string): Instant | null {
  const trimmed = text.trim()
  if (/^\d{4}-\d{2}-\d{2}$/.test(trimmed)) return parseInstant(`${trimmed} 00:00:00`)
  return parseInstant(/[ T]\d{2}:\d{2}$/.test(trimmed) ? `${trimmed}:00` : trimmed)
}

/** A time as `typedTime` reads it, as short as it is exact. */
export function typedText(instant: Instant | undefined): string {
  if (instant === undefined) return ''
  const text = formatInstant(instant)
  if (instant % DAY === 0) return text.slice(0, 10)
  return instant % MINUTE === 0 && instant % SECOND === 0 ? text.slice(0, 16) : text
}

/** An instant in microseconds, as in links. */
export const instantParameter = z
  .string()
  .regex(/^\d{1,16}$/, { error: ({ path }) => `${String(path?.[0])} must be taken from a link` })
  .transform((text) => Math.min(Number(text), Number.MAX_SAFE_INTEGER))
