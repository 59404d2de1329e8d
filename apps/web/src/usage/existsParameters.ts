import { type ExistsFilter, type ExistsPlace, existsStatuses } from '@stacktach/db'
import { z } from 'zod'
import { textFilter, typedTime } from '../page/listParameters.ts'

/** The parameters that filter a list of exists. */
export const existsFilters = {
  service: z.enum(['nova', 'glance'], { error: 'service must be nova or glance' }).default('nova'),
  status: z.enum(existsStatuses, { error: `status must be one of ${existsStatuses.join(', ')}` }).optional(),
  reason: textFilter,
  /** The beginning of the audit period; `none`: without one. */
  period: z.union([z.literal('none'), typedTime], { error: 'period must be a time or none' }).optional(),
  deployment: textFilter,
  contradicted: z.literal('1', { error: 'contradicted must be 1' }).optional(),
}

export type ExistsParameters = z.output<z.ZodObject<typeof existsFilters>>

export function toExistsFilter({ period, contradicted, ...rest }: ExistsParameters): ExistsFilter {
  return {
    ...rest,
    periodStart: period === 'none' ? null : period,
    contradicted: contradicted === '1',
  }
}

/** The place of an exists in the list, as `start-id`; `none-id` without an audit period. */
export const existsPlace = z
  .string()
  .regex(/^(?:\d{1,16}|none)-\d{1,16}$/, { error: 'before must be taken from a link' })
  .transform((text): ExistsPlace => {
    const [start = '', id = ''] = text.split('-')
    return { periodStart: start === 'none' ? null : Number(start), id: Number(id) }
  })

export function existsPlaceText({ periodStart, id }: ExistsPlace): string {
  return `${periodStart ?? 'none'}-${id}`
}
