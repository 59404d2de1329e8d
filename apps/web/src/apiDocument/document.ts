import { z } from 'zod'

/** A JSON schema, as far as the page shows it. */
export interface Schema {
  type?: string | string[] | undefined
  description?: string | undefined
  $ref?: string | undefined
  enum?: unknown[] | undefined
  const?: unknown
  format?: string | undefined
  default?: unknown
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
  items?: Schema | undefined
  prefixItems?: Schema[] | undefined
  anyOf?: Schema[] | undefined
  oneOf?: Schema[] | undefined
  additionalProperties?: boolean | Schema | undefined
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    $ref: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    format: z.string().optional(),
    default: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    // `false` ends a tuple.
    items: z.preprocess((value) => (typeof value === 'boolean' ? undefined : value), schema.optional()),
    prefixItems: z.array(schema).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
  }),
)

const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).default([]),
  summary: z.string().default(''),
  description: z.string().optional(),
  security: z.array(z.unknown()).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header', 'cookie']),
        required: z.boolean().default(false),
        description: z.string().optional(),
        example: z.unknown().optional(),
        schema: schema.default({}),
      }),
    )
    .default([]),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string().default(''),
      content: z.record(z.string(), z.object({ schema: schema.default({}) })).default({}),
    }),
  ),
})

const document = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().default('') }),
  tags: z.array(z.object({ name: z.string(), description: z.string().default('') })).default([]),
  paths: z.record(z.string(), z.object({ get: operation.optional() })),
  components: z.object({ schemas: z.record(z.string(), schema).default({}) }).default({ schemas: {} }),
})

export type ApiDocument = z.output<typeof document>

/** One GET operation with its path. */
export interface ApiOperation extends z.output<typeof operation> {
  path: string
}

/** Parses the text of an OpenAPI document. */
export function parseApiDocument(text: string): ApiDocument {
  return document.parse(JSON.parse(text))
}

/** The operations of a tag, in the order of the document. */
export function operationsOf({ paths }: ApiDocument, tag: string): ApiOperation[] {
  return Object.entries(paths).flatMap(([path, { get }]) => (get?.tags.includes(tag) ? [{ ...get, path }] : []))
}

/** A field of an answer: its path below the answer, its type and what it is. */
export interface AnswerField {
  depth: number
  name: string
  type: string
  description: string | undefined
}

/** Deeper fields are not listed. */
const MAX_DEPTH = 4

/** The fields of an answer, those of nested objects and lists below their own. */
export function answerFields({ components }: ApiDocument, answer: Schema): AnswerField[] {
  const fields: AnswerField[] = []
  const resolve = (value: Schema): Schema => {
    const name = value.$ref?.split('/').at(-1)
    const target = name === undefined ? undefined : components.schemas[name]
    return target === undefined ? value : { ...target, description: value.description ?? target.description }
  }
  const visit = (value: Schema, depth: number): void => {
    const resolved = resolve(value)
    const inner = [resolved, ...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])].map(resolve)
    for (const { properties = {} } of inner) {
      for (const [name, property] of Object.entries(properties)) {
        fields.push({ depth, name, type: typeText(property), description: resolve(property).description })
        if (depth < MAX_DEPTH) visit(property, depth + 1)
      }
    }
    for (const { items } of inner) if (items !== undefined && depth <= MAX_DEPTH) visit(items, depth)
  }
  const typeText = (value: Schema): string => {
    const name = value.$ref?.split('/').at(-1)
    const { type, enum: values, anyOf, oneOf, items, const: constant, prefixItems } = resolve(value)
    if (values !== undefined) return values.map(String).join(' | ')
    if (constant !== undefined) return JSON.stringify(constant)
    const choices = anyOf ?? oneOf
    if (choices !== undefined) return choices.map(typeText).join(' | ')
    if (prefixItems !== undefined) return `[${prefixItems.map(typeText).join(', ')}]`
    if (type === 'array') return items === undefined ? 'list' : `list of ${typeText(items)}`
    const text = Array.isArray(type) ? type.join(' | ') : (type ?? 'any')
    return name === undefined || type === 'object' ? (name ?? text) : `${name} (${text})`
  }
  visit(answer, 0)
  return fields
}

/** The type of a parameter in words. */
export function parameterType({ type, enum: values, format }: Schema): string {
  if (values !== undefined) return values.map(String).join(' | ')
  const text = Array.isArray(type) ? type.join(' | ') : (type ?? 'string')
  return format === undefined ? text : `${text} (${format})`
}
