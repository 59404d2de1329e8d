import { type FailureFilter, type FailureKey, failureKeys } from '@stacktach/db'
import { type Attempt, DAY, type TimePeriod } from '@stacktach/domain'
import { z } from 'zod'
import { isoInstant, withQuery } from '../view/links.ts'

/** The value of a filter that matches failures without a value. */
const NO_VALUE = '(none)'

/** Column headings of the keys. */
export const keyTitles: Readonly<Record<FailureKey, string>> = {
  event: 'Operation',
  error: 'Error',
  host: 'Host',
  flavor: 'Flavor',
  image: 'Image',
}

/** The filters of failures as parameters of a page, to be spread into a schema. */
export const filterParameters = {
  event: z.string().optional(),
  error: z.string().optional(),
  host: z.string().optional(),
  flavor: z.string().optional(),
  image: z.string().optional(),
  deployment: z.string().optional(),
}

/** Values of the filters, as in the URL. */
export type FailureFilters = Partial<Record<FailureKey | 'deployment', string | undefined>>

/** The condition of a query from the filters of a page. */
export function toFailureFilter(filters: FailureFilters, period: TimePeriod): FailureFilter {
  const { event, error, deployment } = filters
  return {
    period: { from: period.from, until: period.until },
    deployment,
    name: event,
    error,
    host: valueOrNull(filters.host),
    flavor: valueOrNull(filters.flavor),
    image: valueOrNull(filters.image),
  }
}

function valueOrNull(text: string | undefined): string | null | undefined {
  return text === NO_VALUE ? null : text
}

/** The parameter of a filter from the value of a group. */
export function toParameter(value: string | null | undefined): string | undefined {
  return value === null ? NO_VALUE : value
}

const keyNames = new Set<string>(failureKeys)

/** The keys that failures are grouped by, as in the URL: `event,error`; in one order, each once. */
export const groupedBy = z
  .string()
  .refine((text) => text.split(',').every((name) => keyNames.has(name)), {
    error: `by must be a list of ${failureKeys.join(', ')}`,
  })
  .transform((text) => failureKeys.filter((key) => text.split(',').includes(key)))

/** The link to the failures of a period. */
export function failuresOfPeriodHref(period: TimePeriod, filters: FailureFilters = {}): string {
  return withQuery('/failures', { ...filters, from: isoInstant(period.from), until: isoInstant(period.until) })
}

/** The link to the failures with the error of an attempt, from a day before to a day after it. */
export function equalFailuresHref({ error, end }: Pick<Attempt, 'error' | 'end'>): string {
  if (error === null || end === null) return withQuery('/failures', { error })
  return failuresOfPeriodHref({ from: end - DAY, until: end + DAY }, { error })
}
