import { z } from 'zod'

/** The schema of one page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .nullable()
      .meta({ description: 'Cursor of the next page, for the parameter `after`; null on the last page.' }),
  })
}

/** The number of rows to read for a page: one more shows whether there is a next page. */
export function rowsToRead(limit: number): number {
  return limit + 1
}

/**
 * Makes a page of rows.
 *
 * @param rows at most `limit + 1`
 * @param cursorOf the cursor that continues after a row
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
