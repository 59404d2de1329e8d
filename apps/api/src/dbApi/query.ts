import { HttpError } from '@stacktach/http'

/** The parameters of a URL. Of a repeated parameter the last value counts, as in Django. */
export type Query = ReadonlyMap<string, string>

/** @param query from Express's simple parser */
export function readQuery(query: object): Query {
  return new Map(
    Object.entries(query).flatMap(([name, value]) => {
      const last: unknown = Array.isArray(value) ? value.at(-1) : value
      return typeof last === 'string' ? [[name, last] as const] : []
    }),
  )
}

/**
 * A text that PostgreSQL can compare; undefined if the parameter is absent.
 *
 * @throws HttpError 400
 */
export function textOf(query: Query, name: string): string | undefined {
  const value = query.get(name)
  if (value?.includes('\0')) throw new HttpError(400, `${name} must not contain NUL`)
  return value
}

/**
 * A whole number, as Python's int() reads it; undefined if the parameter is absent.
 *
 * @param empty the meaning of an empty text
 * @throws HttpError 400
 */
export function countParameter(query: Query, name: string, empty: number): number | undefined {
  const value = query.get(name)
  if (value === undefined) return undefined
  if (value === '') return empty
  if (!/^\s*\+?\d+\s*$/.test(value)) {
    throw new HttpError(400, `${name} must be a non-negative whole number, not ${JSON.stringify(value)}`)
  }
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER)
}

const MAX_ID = 2n ** 63n - 1n

/** An id in decimal digits; one that no row can have becomes the largest. Null for anything else. */
export function parseId(text: string): bigint | null {
  if (!/^\d+$/.test(text)) return null
  const id = BigInt(text)
  return id > MAX_ID ? MAX_ID : id
}
