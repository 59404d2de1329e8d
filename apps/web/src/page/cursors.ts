import type { ListPosition, TimeCursor } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'

/** The cursor of a list by time, as in a URL. */
export function timeCursor({ when, id }: TimeCursor): string {
  return `${when}-${id}`
}

/** A parameter with the cursor of a list by time. */
export const timeCursorParameter = z
  .string()
  .regex(/^\d{1,16}-\d{1,16}$/, { error: 'the cursor is invalid: start from the first page' })
  .transform((text): TimeCursor => {
    const [when = 0, id = 0] = text.split('-').map(Number)
    return { when, id }
  })
  .optional()

/** The cursor of a list of notifications of all services. */
export function listCursor({ when, service, id }: ListPosition): string {
  return `${when}-${service}-${id}`
}

/** A parameter with the cursor of a list of notifications of all services. */
export const listCursorParameter = z
  .string()
  .regex(new RegExp(`^\\d{1,16}-(?:${services.join('|')})-\\d{1,16}$`), {
    error: 'the cursor is invalid: start from the first page',
  })
  .transform((text): ListPosition => {
    const [when = '', name = '', id = ''] = text.split('-')
    const service = services.find((candidate) => candidate === name)
    if (service === undefined) throw new HttpError(400, 'the cursor is invalid: start from the first page')
    return { when: Number(when), service, id: Number(id) }
  })
  .optional()

/** Splits the rows of a query that asked for one more than the page has: the page, and the cursor of the next one. */
export function cutPage<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => string) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
