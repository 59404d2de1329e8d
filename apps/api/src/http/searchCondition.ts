import { type SearchCondition, type SearchField, type SearchLookup, searchFields } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { parseUnixTime } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'

const MAX_INTEGER = 2n ** 63n - 1n

/**
 * Parses `field` and `value` of a search: a field of the service, optionally with a lookup (`event__startswith`), and a value
 * of the field's type.
 *
 * @throws HttpError 400 naming the unknown field or the invalid value
 */
export function parseSearchCondition(service: Service, field: string, value: string): SearchCondition {
  const target = fieldAndLookup(service, field)
  if (target === null) {
    throw new HttpError(400, `The requested field '${field}' does not exist for the corresponding object`)
  }
  return { ...target, value: parseValue(target.field, field, value) }
}

function fieldAndLookup(service: Service, name: string): { field: SearchField; lookup: SearchLookup } | null {
  const fields = searchFields[service]
  const exactField = fields.get(name)
  if (exactField !== undefined) return { field: exactField, lookup: 'exact' }
  const end = name.lastIndexOf('__')
  const field = fields.get(name.slice(0, Math.max(end, 0)))
  const lookup = field?.lookups.find((candidate) => candidate !== 'exact' && candidate === name.slice(end + 2))
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
  // Clamped to bigint's range, which no stored value exceeds.
  if (integer > MAX_INTEGER) return MAX_INTEGER
  return integer < -MAX_INTEGER ? -MAX_INTEGER : integer
}
