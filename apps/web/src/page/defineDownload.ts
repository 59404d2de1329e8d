import { type Access, decode } from '@stacktach/http'
import type { z } from 'zod'
import type { PageContext } from './definePage.ts'

/** A file that is sent while it is read. */
export interface Download {
  /** Suggested name: letters, digits, dots and dashes. */
  filename: string
  /** The content type. */
  type: string
  /** The text in parts. Nothing is sent before the first one. */
  parts: AsyncIterable<string>
}

/** A download of the table of downloads. */
export interface WebDownload {
  /** In Express's syntax. */
  path: string
  access: Access
  /**
   * @param params of the path, from Express
   * @param query from Express
   * @throws HttpError for invalid parameters
   */
  open(context: PageContext, params: unknown, query: unknown): Download
}

interface Definition<Shape extends z.ZodRawShape> {
  path: string
  /** Includes the parameters of the path (`:tenant`); an invalid one of these is a 404. */
  params: z.ZodObject<Shape>
  /** `tenant`: viewers limited to tenants may request it, and `open` limits what it reads to their tenants. */
  access: Access
  open(context: PageContext, params: z.output<z.ZodObject<Shape>>): Download
}

/** Makes a download from its path, the schema of its parameters, and the function that reads it. */
export function defineDownload<Shape extends z.ZodRawShape>({
  path,
  params: schema,
  access,
  open,
}: Definition<Shape>): WebDownload {
  return { path, access, open: (context, params, query) => open(context, decode(schema, params, query)) }
}
