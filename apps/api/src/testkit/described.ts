import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { endpoints, health } from '../endpoints/index.ts'
import { openApi } from '../openapi/openApi.ts'
import { resources } from '../v1/index.ts'

const content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }))

const document = z
  .object({
    paths: z.record(
      z.string(),
      z.object({ get: z.object({ responses: z.record(z.string(), z.object({ content })) }) }),
    ),
    components: z.unknown(),
  })
  .parse(JSON.parse(openApi()))

// The schemas have the words of OpenAPI around them. Formats also have patterns.
const ajv = new Ajv2020.default({ strict: false, validateFormats: false })

const patterns = [
  ...resources.map(({ path }) => `/v1/${path}`),
  ...endpoints.map(({ path }) => `/stacky/${path}`),
  ...health.map(({ path }) => `/${path}`),
]
  .sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')))
  .map((path) => ({
    regex: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]*')}/?$`),
    described: path.replaceAll(/:(\w+)/g, '{$1}'),
  }))

const validators = new Map<string, ValidateFunction>()

/**
 * Compares an answer with its schema in the OpenAPI document.
 *
 * @returns the differences; empty: it is as described
 * @throws Error for a path, status or media type that the document does not have
 */
export function undescribed(path: string, status: number, contentType: string | undefined, body: unknown): string[] {
  const [pathname = ''] = path.split('?')
  const described = patterns.find(({ regex }) => regex.test(pathname))?.described ?? ''
  const [mediaType = ''] = (contentType ?? '').split(';')
  const schema = document.paths[described]?.get.responses[status]?.content[mediaType]?.schema
  if (schema === undefined) throw new Error(`the document has no ${status} of ${mediaType} for ${pathname}`)
  const key = `${described} ${status}`
  const validate = validators.get(key) ?? ajv.compile({ ...schema, components: document.components })
  validators.set(key, validate)
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
