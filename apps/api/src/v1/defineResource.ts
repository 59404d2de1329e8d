import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { type Access, decode } from '@stacktach/http'
import { z } from 'zod'

/** What a resource of access `all` reads. */
export interface ResourceContext {
  db: Database
  /** Time of the request. */
  now: Instant
}

/** What a resource of access `tenant` reads. It must limit its answer to the tenants. */
export interface TenantContext extends ResourceContext {
  /** Null: no limit. */
  tenants: ReadonlySet<string> | null
}

/** An answer with one member that is stored as JSON text, so that its digits and the order of its keys are preserved. */
export class WithJsonText<Answer, Name extends keyof Answer & string> {
  readonly rest: Omit<Answer, Name>
  readonly name: Name
  readonly text: string

  constructor(rest: Omit<Answer, Name>, name: Name, text: string) {
    this.rest = rest
    this.name = name
    this.text = text
  }
}

type Loaded<Answer> = Answer | { [Name in keyof Answer & string]: WithJsonText<Answer, Name> }[keyof Answer & string]

/** A resource of the table. */
export interface Resource {
  /** Below `/v1/`, in Express's syntax. */
  path: string
  /** One line, for the OpenAPI document. */
  summary: string
  access: Access
  /** The schemas of all parameters, of the path and the query. */
  parameters: z.ZodObject
  /** The schema of the answer. */
  answer: z.ZodType
  /**
   * Reads the resource; returns JSON text.
   *
   * @param params of the path, from Express
   * @param query from Express
   * @throws HttpError for invalid parameters or an unknown resource
   */
  load(context: TenantContext, params: unknown, query: unknown): Promise<string>
  /** Reads all rows as text/csv, in parts; only of resources with the parameter `format`. */
  csv?: (context: TenantContext, params: unknown, query: unknown) => AsyncIterable<string>
}

interface Definition<Shape extends z.ZodRawShape, Answer extends z.ZodType> {
  path: string
  summary: string
  /** Includes the parameters of the path (`:id`); an invalid one of these is a 404. */
  parameters: Shape
  answer: Answer
}

type Load<Context, Shape extends z.ZodRawShape, Answer extends z.ZodType> = (
  context: Context,
  parameters: z.output<z.ZodObject<Shape>>,
) => Promise<Loaded<z.output<Answer>>>

type Csv<Context, Shape extends z.ZodRawShape> = (
  context: Context,
  parameters: z.output<z.ZodObject<Shape>>,
) => AsyncIterable<string>

/** Makes a resource from its path, the schemas of its parameters and answer, and the function that reads it. */
export function defineResource<Shape extends z.ZodRawShape, Answer extends z.ZodType>({
  load,
  csv,
  parameters,
  ...definition
}: Definition<Shape, Answer> &
  (
    | { access: 'all'; load: Load<ResourceContext, Shape, Answer>; csv?: Csv<ResourceContext, Shape> }
    | { access: 'tenant'; load: Load<TenantContext, Shape, Answer>; csv?: Csv<TenantContext, Shape> }
  )): Resource {
  // Strict, because a misspelt filter would otherwise match everything.
  const schema = z.strictObject(parameters, {
    error: ({ code }) => (code === 'unrecognized_keys' ? 'There is no such parameter' : undefined),
  })
  return {
    ...definition,
    parameters: schema,
    load: async (context, params, query) => toJson(await load(context, decode(schema, params, query))),
    ...(csv === undefined ? {} : { csv: (context, params, query) => csv(context, decode(schema, params, query)) }),
  }
}

function toJson(answer: unknown): string {
  if (!(answer instanceof WithJsonText)) return JSON.stringify(answer)
  const rest = JSON.stringify(answer.rest).slice(0, -1)
  return `${rest}${rest === '{' ? '' : ','}${JSON.stringify(answer.name)}:${answer.text}}`
}
