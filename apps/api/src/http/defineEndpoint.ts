import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import type { z } from 'zod'
import { decode } from './decode.ts'
import type { Answer } from './send.ts'

export interface Context {
  db: Database
  /** When the request came. */
  now: Instant
}

export interface Endpoint {
  /** Below `/stacky/`, in Express's syntax. */
  path: string
  /** Names of the parameters that it reads, those in its path included. */
  parameters: readonly string[]
  answer(context: Context, place: unknown, query: unknown): Promise<Answer>
}

interface Definition<Shape extends z.ZodRawShape> {
  path: string
  /** Those in the path (`:id`) too: what is wrong with one of these is a 404. */
  parameters: z.ZodObject<Shape>
  answer(context: Context, parameters: z.output<z.ZodObject<Shape>>): Promise<Answer>
}

/** An endpoint is data: where it is, what it is asked, and how it answers. */
export function defineEndpoint<Shape extends z.ZodRawShape>(definition: Definition<Shape>): Endpoint {
  const { path, parameters, answer } = definition
  return {
    path,
    parameters: Object.keys(parameters.shape),
    answer: (context, place, query) => answer(context, decode(parameters, place, query)),
  }
}
