import { z } from 'zod'

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Rows of cells, the first of them the header; none at all when nothing was found. */
export const table = z.array(z.array(cell))

/** `show`: keys and values, the notification's JSON as text, the instance or image. */
export const shown = z.tuple([table, z.string(), z.string().nullable()])

/** `watch`: widths of the columns, rows without a header, and what to hand back as `since`. */
export const watched = z.tuple([z.array(z.number()).length(6), z.array(z.array(cell).length(7)), z.string()])

/** An error, told as a table. */
export const errorTable = z.tuple([z.tuple([z.literal('Error'), z.literal('Message')]), z.tuple([cell, z.string()])])

export type Cell = z.infer<typeof cell>
export type Table = readonly (readonly Cell[])[]
export type Watched = z.infer<typeof watched>
