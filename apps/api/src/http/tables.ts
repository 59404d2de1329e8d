import { z } from 'zod'

/** A row or header of a table with a schema for each cell. */
function row(cells: readonly z.ZodType[]) {
  const [first, ...rest] = cells
  if (first === undefined) throw new Error('a row needs a cell')
  return z.tuple([first, ...rest])
}

/** The schema of a table: the header row, then any number of rows. */
export function table(columns: Readonly<Record<string, z.ZodType>>) {
  return tableWithHeader(
    Object.keys(columns).map((name) => z.literal(name)),
    Object.values(columns),
  )
}

/** The schema of a table whose header is not the same in all answers. */
export function tableWithHeader(header: readonly z.ZodType[], cells: readonly z.ZodType[]) {
  return z.tuple([row(header)], row(cells))
}

/** The schema of an answer that is `[]` if there are no rows. */
export function orEmpty(schema: z.ZodType) {
  return z.union([z.array(z.never()).length(0), schema])
}

/** An error as a table. */
export const errorTable = z
  .tuple([row([z.literal('Error'), z.literal('Message')]), row([z.string(), z.string()])])
  .meta({ id: 'ErrorTable' })

/** Schemas of cells. */
export const textCell = z.string()
export const textOrNull = z.string().nullable()
export const numberCell = z.int().min(0)
export const timeCell = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{6})?$/)
export const durationCell = z.string().regex(/^-?\d+d \d{2}:\d{2}:\d{2}\.\d{2}$/)
export const errorCell = z.enum(['E', ' '])

const notification = {
  '#': numberCell,
  '?': errorCell,
  When: timeCell,
  Deployment: textOrNull,
  Event: textCell,
  Host: textOrNull,
}

/** The table of nova's notifications; one endpoint names the last column differently. */
export const novaTable = (lastColumn: "Task'" | 'Task') =>
  table({ ...notification, State: textOrNull, "State'": textOrNull, [lastColumn]: textOrNull })

/** The table of glance's notifications. */
export const glanceTable = table({ ...notification, Status: textOrNull })

/** The table of other notifications. */
export const genericTable = table({ ...notification, Instance: textOrNull, 'Request id': textCell })
