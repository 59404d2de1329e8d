import {
  ALL_TIME,
  DAY,
  type Instant,
  parseInstant,
  parseUnixTime,
  services,
  type TimePeriod,
  untilAfter,
} from '@stacktach/domain'
import { z } from 'zod'

interface Issue {
  readonly input?: unknown
  readonly path?: readonly PropertyKey[] | undefined
}

const nameOf = ({ path }: Issue) => String(path?.[0])
const must = (what: string) => (issue: Issue) => `${nameOf(issue)} must ${what}, not ${JSON.stringify(issue.input)}`
const missing = { error: (issue: Issue) => `${nameOf(issue)} is missing` }

/** A required text; an empty one counts as missing. */
export const textParameter = z.string(missing)

const oneOf = <const Name extends string>(...names: readonly Name[]) =>
  z.enum(names, { error: must(`be one of ${names.join(', ')}`) })

export const service = oneOf(...services).default('nova')

/** A service, or `all`. */
export const serviceOrAll = oneOf(...services, 'all').default('nova')

/** As in Python's int(): surrounding blanks and a plus sign are accepted. */
const COUNT = /^\s*(?:\+?\d+|-0+)\s*$/

const count = textParameter
  .regex(COUNT, { error: must('be a non-negative whole number') })
  .transform((digits) => Math.min(Math.abs(Number(digits)), Number.MAX_SAFE_INTEGER))

/** Maximum number of rows in an answer. Larger limits are clamped. */
export const MAX_LIMIT = 1000

const limit = (defaultLimit: number) => count.transform((rows) => Math.min(rows, MAX_LIMIT)).default(defaultLimit)

/** A limit, or `all`, which becomes null. */
export const limitOrAll = (defaultLimit: number) =>
  textParameter
    .refine((value) => value === 'all' || COUNT.test(value), {
      error: must('be all, or a non-negative whole number'),
    })
    .transform((value) => (value === 'all' ? null : Math.min(Number(value), MAX_LIMIT)))
    .default(defaultLimit)

export const offset = count.default(0)

/** The parameters of paging, to be spread into a schema. */
export const page = (defaultLimit = 50) => ({ limit: limit(defaultLimit), offset })

/** The id of a row. Numbers beyond bigint's range become its maximum, which no row has. */
export const id = textParameter
  .regex(/^\d+$/, { error: must('be a whole number') })
  .transform((digits) => (BigInt(digits) > MAX_ID ? MAX_ID : BigInt(digits)))

const MAX_ID = 2n ** 63n - 1n

/** Decimal unix time, parsed into microseconds. */
export const unixTime = parsed(parseUnixTime, 'be a unix time')

/** `2026-11-20 12:00:00`, parsed into microseconds of unix time. */
export const dateTime = parsed(parseInstant, 'be a time as YYYY-MM-DD HH:MM:SS')

/** `2026-11-20`, parsed into the period of that day in UTC. */
export const day = parsed((date) => {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(date) ? parseInstant(`${date} 00:00:00`) : null
  return start === null ? null : { from: start, until: start + DAY }
}, 'be a day as YYYY-MM-DD')

/** A UUID in lower case, with or without dashes; parsed into the form with dashes. */
export const uuid = textParameter
  .regex(/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/, {
    error: ({ input }: Issue) => `${input} is not uuid-like`,
  })
  .transform(dashed)

/** A UUID with or without the prefix `req-`; parsed into the form with the prefix. */
export const requestId = textParameter
  .regex(/^(?:req-)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/, {
    error: ({ input }: Issue) => `${input} is not request-id-like`,
  })
  .transform((value) => `req-${dashed(value.replace('req-', ''))}`)

/** The period between two optional instants, both inclusive as in StackTach's interface. */
export function between(min: Instant | undefined, max: Instant | undefined): TimePeriod {
  return { from: min ?? ALL_TIME.from, until: max === undefined ? ALL_TIME.until : untilAfter(max) }
}

function parsed<T>(parse: (value: string) => T | null, what: string) {
  return textParameter
    .refine((value) => parse(value) !== null, { error: must(what) })
    .transform((value): T => parse(value) ?? z.NEVER)
}

function dashed(hex: string): string {
  return hex.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
