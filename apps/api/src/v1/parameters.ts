import { ALL_TIME, type Instant, parseInstant, services, type TimePeriod } from '@stacktach/domain'
import { id, requestId, textParameter, uuid } from '@stacktach/http'
import { z } from 'zod'

/** Largest page. */
export const MAX_PAGE = 1000

const DEFAULT_PAGE = 50

/** Number of items in a page. */
export const limit = textParameter
  .refine((value) => /^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= MAX_PAGE, {
    error: `limit must be a whole number from 1 to ${MAX_PAGE}`,
  })
  .transform(Number)
  .default(DEFAULT_PAGE)
  .meta({ type: 'integer', minimum: 1, maximum: MAX_PAGE, description: 'Items in a page.' })

/** The description of every parameter `after`. */
export const describeAfter = { description: 'Continues a list: `next` of the page before.' }

const timeParameter = (name: string, description: string) =>
  textParameter
    .refine((value) => timeOf(value) !== null, {
      error: `${name} must be a time in ISO 8601, such as 2026-11-20T11:00:00Z or 2026-11-20`,
    })
    .transform((value) => timeOf(value) ?? z.NEVER)
    .optional()
    .meta({ description, examples: ['2026-11-20T11:00:00Z'] })

/** A day is its first instant. */
function timeOf(text: string) {
  return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text} 00:00:00` : text)
}

/**
 * The parameters of a period, to be spread into the parameters of a resource.
 *
 * @param what is in the period, for the description
 */
export function isoPeriod(what: string) {
  return {
    from: timeParameter('from', `Only ${what} at this time (ISO 8601, UTC without an offset) or later.`),
    until: timeParameter('until', `Only ${what} before this time.`),
  }
}

/** The period of the parameters; the end is exclusive. */
export function toPeriod(from: Instant | undefined, until: Instant | undefined): TimePeriod {
  return { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until }
}

/** An optional text that filters a list by equality. */
export const optionalText = (description: string) => textParameter.optional().meta({ description })

/** `1` or `true`, `0` or `false`. */
export const flag = (name: string, description: string) =>
  textParameter
    .refine((value) => ['0', '1', 'false', 'true'].includes(value), { error: `${name} must be true or false` })
    .transform((value) => value === '1' || value === 'true')
    .optional()
    .meta({ type: 'boolean', description })

/** A service of notifications, without a default. */
export const serviceName = z
  .enum(services, { error: `service must be one of ${services.join(', ')}` })
  .meta({ description: 'Service of the notifications: their exchange, or generic for all others.' })

/** The id of an instance, in the path. */
export const instanceId = uuid.meta({ description: 'Id of an instance (UUID, with or without dashes).' })

/** The id of a request, in the path. */
export const requestIdentifier = requestId.meta({ description: 'Id of a request, with or without `req-`.' })

/** The id of a row, in the path. */
export const rowIdentifier = id
  .transform((value) => Math.min(Number(value), Number.MAX_SAFE_INTEGER))
  .meta({ type: 'integer', minimum: 0, description: 'Id of the row.' })
