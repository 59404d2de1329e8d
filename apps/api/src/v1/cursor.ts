import { z } from 'zod'

const BASE64URL = /^[\w-]+$/

/** The cursor of a list: the place after which the next page begins, as opaque text. */
export interface Cursor<Place extends z.ZodType> {
  /** The parameter `after`, parsed into the place. */
  parameter: z.ZodType<z.output<Place>, string>
  encode(place: z.input<Place>): string
}

/**
 * Defines the cursor of a list. A cursor is valid for any filter of its list. It gives no access, so it is not signed; any
 * text that this function did not make, and a cursor of another list, is invalid.
 *
 * @param list name of the list
 * @param place an array of numbers and texts
 */
export function defineCursor<Place extends z.ZodType>(list: string, place: Place): Cursor<Place> {
  const content = z.object({ list: z.literal(list), place: z.unknown() })
  const encode = (value: unknown) => Buffer.from(JSON.stringify({ list, place: value })).toString('base64url')
  const parameter = z.string().transform((text, context): z.output<Place> => {
    const parsed = content.safeParse(BASE64URL.test(text) ? parsedJson(text) : undefined)
    const parsedPlace = place.safeParse(parsed.data?.place)
    if (parsedPlace.success && encode(parsedPlace.data) === text) return parsedPlace.data
    context.addIssue({ code: 'custom', message: 'after must be `next` of an answer of this list' })
    return z.NEVER
  })
  return { parameter, encode }
}

function parsedJson(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** The id of a row. */
export const rowId = z.int().min(0)

/** Microseconds of Unix time. */
export const microseconds = z.int()

/** A stored text. PostgreSQL stores none with NUL, and fails on a parameter with it. */
export const storedText = z.string().refine((text) => !text.includes('\0'))
