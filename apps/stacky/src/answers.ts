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

/** An error of `/v1` (RFC 9457). */
export const problemSchema = z.object({ detail: z.string() })

/** Data of an event `notification` of `/v1/live`: the fields that `watch` shows. */
export const liveNotificationSchema = z.object({
  service: z.string(),
  id: z.number(),
  when: z.string(),
  deployment: z.string().nullable(),
  event: z.string(),
  error: z.boolean(),
  instance: z.string().nullable(),
  image: z.string().nullable(),
})

/** Data of an event `state` of `/v1/live`. */
export const liveStateSchema = z.object({ state: z.string() })

export type LiveNotification = z.infer<typeof liveNotificationSchema>
export type Cell = z.infer<typeof cell>
export type Table = readonly (readonly Cell[])[]
export type WatchAnswer = z.infer<typeof watchSchema>
