import { type SearchCondition, type SearchField, type SearchLookup, searchFields } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { parseUnixTime } from '@stacktach/domain'
import { HttpError } from './httpError.ts'

const MAX_INTEGER = 2n ** 63n - 1n

/**
 * The condition that `field` and `value` of a search spell: a field of the service, perhaps with an ending
 * (`event__startswith`), and a value of its type.
 *
 * @throws HttpError 400 naming what is wrong.
 */
export function parseSearchCondition(service: Service, field: string, value: string): SearchCondition {
  const found = fieldAndLookup(service, field)
  if (found === null) {
    throw new HttpError(400, `The requested field '${field}' does not exist for the corresponding object`)
  }
  return { ...found, value: parseValue(found.field, field, value) }
}

function fieldAndLookup(service: Service, name: string): { field: SearchField; lookup: SearchLookup } | null {
  const fields = searchFields[service]
  const whole = fields.get(name)
  if (whole !== undefined) return { field: whole, lookup: 'exact' }
  const end = name.lastIndexOf('__')
  const field = fields.get(name.slice(0, Math.max(end, 0)))
  const lookup = field?.lookups.find((known) => known !== 'exact' && known === name.slice(end + 2))
  return field === undefined || lookup === undefined ? null : { field, lookup }
}

function parseValue({ type }: SearchField, field: string, value: string): SearchCondition['value'] {
  if (type === 'text') return value
  if (type === 'instant') {
    const instant = parseUnixTime(value)
    if (instant === null)
      throw new HttpError(400, `value must be a unix time for ${field}, not ${JSON.stringify(value)}`)
    return instant
  }
  if (!/^\s*[+-]?\d+\s*$/.test(value)) {
    throw new HttpError(400, `value must be a whole number for ${field}, not ${JSON.stringify(value)}`)
  }
  const integer = BigInt(value.replaceAll(/[\s+]/g, ''))
  // No row is beyond what a column can hold, so its end stands for all that is.
  if (integer > MAX_INTEGER) return MAX_INTEGER
  return integer < -MAX_INTEGER ? -MAX_INTEGER : integer
}
