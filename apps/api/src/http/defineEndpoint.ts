import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { decode } from '@stacktach/http'
import type { z } from 'zod'
import type { Answer } from './send.ts'

export interface Context {
  db: Database
  /** Time of the request. */
  now: Instant
}

export interface Endpoint {
  /** Below `/stacky/`, in Express's syntax. */
  path: string
  /** One line, for the OpenAPI document. */
  summary: string
  /** The schemas of all parameters, of the path and the query. */
  parameters: z.ZodObject
  /** The schema of the answer. */
  schema: z.ZodType
  /**
   * @param params of the path, from Express
   * @param query from Express
   * @throws HttpError for invalid parameters or an unknown resource
   */
  answer(context: Context, params: unknown, query: unknown): Promise<Answer>
}

interface Definition<Shape extends z.ZodRawShape> {
  path: string
  summary: string
  schema: z.ZodType
  /** Includes the parameters of the path (`:id`); an invalid one of these is a 404. */
  parameters: z.ZodObject<Shape>
  answer(context: Context, parameters: z.output<z.ZodObject<Shape>>): Promise<Answer>
}

/** Makes an endpoint from its path, the schema of its parameters, and the function that answers. */
export function defineEndpoint<Shape extends z.ZodRawShape>(definition: Definition<Shape>): Endpoint {
  const { parameters, answer } = definition
  return { ...definition, answer: (context, params, query) => answer(context, decode(parameters, params, query)) }
}
