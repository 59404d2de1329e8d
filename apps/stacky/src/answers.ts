import { z } from 'zod'

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** A tabular answer: rows of cells, the header first; `[]` when nothing was found. */
export const tableSchema = z.array(z.array(cell))

/** `show`: keys and values, the notification as JSON text, the UUID of the instance or image. */
export const showSchema = z.tuple([tableSchema, z.string(), z.string().nullable()])

/** `watch`: column widths, rows without a header, and the next value of `since`. */
export const watchSchema = z.tuple([z.array(z.number()).length(6), z.array(z.array(cell).length(7)), z.string()])

/** An error in the same tabular form. */
export const errorSchema = z.tuple([z.tuple([z.literal('Error'), z.literal('Message')]), z.tuple([cell, z.string()])])

export type Cell = z.infer<typeof cell>
export type Table = readonly (readonly Cell[])[]
export type WatchAnswer = z.infer<typeof watchSchema>
