import type { Access } from '@stacktach/http'
import { z } from 'zod'

/** What the document describes of an endpoint of either interface. */
export interface DescribedEndpoint {
  /** Complete, in Express's syntax. */
  path: string
  summary: string
  /** Public: without a token. */
  access: Access | 'public'
  parameters: z.ZodObject
  answer: z.ZodType
  /** Content type of the answer, if it is not that of the interface. */
  answerType?: string
  /** Given if it also answers with text/csv. */
  csv?: unknown
}

interface Interface {
  tag: string
  description: string
  endpoints: readonly DescribedEndpoint[]
  /** Of answers and of errors. */
  contentTypes: readonly [answer: string, error: string]
  error: z.ZodType
}

type Json = Record<string, unknown>

/** The OpenAPI document of some interfaces, as JSON text. */
export function openApiDocument(interfaces: readonly Interface[]): string {
  const schemas: Json = {}
  const document = {
    openapi: '3.1.1',
    info: {
      title: 'StackTach',
      version: '1',
      description:
        'Notifications of OpenStack clouds: lifecycles, operations, failures, timings and usage. Only GET and HEAD.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: interfaces.map(({ tag, description }) => ({ name: tag, description })),
    paths: Object.fromEntries(
      interfaces.flatMap(({ endpoints, ...rest }) =>
        endpoints.map((endpoint) => [
          endpoint.path.replaceAll(/:(\w+)/g, '{$1}'),
          { get: operation(endpoint, rest, schemas) },
        ]),
      ),
    ),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of API_TOKENS_FILE. Not needed if the server has no tokens.',
        },
      },
      schemas,
    },
  }
  return JSON.stringify(document)
}

function operation(
  endpoint: DescribedEndpoint,
  { tag, contentTypes, error }: Omit<Interface, 'endpoints'>,
  schemas: Json,
) {
  const [usualType, errorType] = contentTypes
  const answerType = endpoint.answerType ?? usualType
  const names = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, name]) => name)
  const failure = (description: string) => ({
    description,
    content: { [errorType]: { schema: schemaOf(error, schemas) } },
  })
  return {
    operationId: operationId(endpoint.path),
    tags: [tag],
    summary: endpoint.summary,
    ...(endpoint.access === 'public' ? { security: [] } : {}),
    ...(endpoint.access === 'tenant' ? { description: 'Also with a token that is limited to tenants.' } : {}),
    parameters: Object.entries(endpoint.parameters.shape).map(([name, schema]) =>
      parameter(name, schema, names.includes(name)),
    ),
    responses: {
      200: {
        description: 'The answer.',
        content: {
          [answerType]: { schema: schemaOf(endpoint.answer, schemas) },
          ...(endpoint.csv === undefined ? {} : { 'text/csv': { schema: { type: 'string' } } }),
        },
      },
      400: failure('A parameter of the query is invalid.'),
      401: failure('The token is missing or invalid.'),
      403: failure('The token is limited to tenants.'),
      404: failure('There is no such resource.'),
      429: failure('Too many requests: retry after the seconds of the header Retry-After.'),
      503: failure('The database is unavailable, or the query took too long.'),
    },
  }
}

/** `/v1/instances/:uuid/launches` becomes `v1_instances_uuid_launches`. */
function operationId(path: string): string {
  return path
    .split(/\W+/)
    .filter((part) => part !== '')
    .join('_')
}

function parameter(name: string, zodSchema: unknown, inPath: boolean): Json {
  if (!(zodSchema instanceof z.ZodType)) throw new Error(`the schema of the parameter ${name} is not one of zod`)
  const { description, examples, ...schema } = inputSchema(zodSchema)
  const absent = zodSchema.safeParse(undefined)
  const isRequired = inPath || !absent.success
  const [example] = Array.isArray(examples) ? examples : []
  return {
    name,
    in: inPath ? 'path' : 'query',
    required: isRequired,
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    schema: { ...schema, ...defaultOf(absent.data, schema.type === 'string') },
  }
}

function defaultOf(value: unknown, isText: boolean): Json {
  if (typeof value !== 'string' && typeof value !== 'number') return {}
  return { default: isText ? String(value) : value }
}

/** The JSON schema of a parameter before it is parsed. Patterns describe text, which numbers in a URL are too. */
function inputSchema(schema: z.ZodType): Json {
  const { $schema, $defs, pattern, default: _, ...json } = z.toJSONSchema(schema, { io: 'input' }) as Json
  return json.type === undefined || json.type === 'string'
    ? { ...json, ...(pattern === undefined ? {} : { pattern }) }
    : json
}

/** The JSON schema of an answer. Named schemas become components. */
function schemaOf(schema: z.ZodType, schemas: Json): Json {
  // A named schema is among the definitions, and the rest is a reference to it.
  const { $schema, $defs, ...json } = toComponents(z.toJSONSchema(schema, { io: 'output' })) as Json
  Object.assign(schemas, $defs)
  return json
}

/** Replaces references to definitions by references to components. */
function toComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComponents)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      // zod repeats the id of a named schema, which has no meaning in the document.
      .filter(([name, content]) => !(name === 'id' && typeof content === 'string'))
      .map(([name, content]) => [
        name,
        name === '$ref' && typeof content === 'string'
          ? content.replace('#/$defs/', '#/components/schemas/')
          : toComponents(content),
      ]),
  )
}
