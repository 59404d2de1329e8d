import { z } from 'zod'
import { HttpError } from './httpError.ts'

const texts = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/**
 * Parses the parameters of a request, from its path and its query. An empty parameter of the query counts as absent. As in
 * StackTach, unknown parameters are ignored, unless the schema is strict.
 *
 * @throws HttpError 400 naming all invalid parameters of the query, 404 when a parameter of the path is invalid
 */
export function decode<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  params: unknown,
  query: unknown,
): z.output<z.ZodObject<Shape>> {
  const pathParameters = texts.parse(params)
  const input: Record<string, unknown> = Object.create(null)
  const faults = new Map<string, string>()
  for (const [name, value] of Object.entries(query ?? {})) {
    const isDefined = Object.hasOwn(schema.shape, name)
    if (isDefined && Array.isArray(value)) faults.set(name, `${name} must not be repeated`)
    else if (isDefined && String(value).includes('\0')) faults.set(name, `${name} must not contain NUL`)
    else if (!isDefined || value !== '') input[name] = value
  }
  const parsed = schema.safeParse(Object.assign(input, pathParameters))
  for (const { path, message } of parsed.success ? [] : parsed.error.issues) {
    const name = String(path[0])
    if (Object.hasOwn(pathParameters, name)) throw new HttpError(404, message)
    // A repeated parameter is reported once, not also as missing.
    if (!faults.has(name)) faults.set(name, message)
  }
  if (Object.values(pathParameters).some((value) => String(value).includes('\0'))) {
    throw new HttpError(404, 'The path must not contain NUL')
  }
  if (faults.size > 0 || !parsed.success) throw new HttpError(400, [...faults.values()].join('; '))
  return parsed.data
}
