import { z } from 'zod'
import { HttpError, InvalidParameters } from './httpError.ts'

const texts = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/**
 * Parses the parameters of a request, from its path and its query. An empty parameter of the query counts as absent. As in
 * StackTach, unknown parameters are ignored, unless the schema is strict.
 *
 * @throws InvalidParameters with all invalid parameters of the query; HttpError 404 when a parameter of the path is invalid
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
  for (const issue of parsed.success ? [] : parsed.error.issues) {
    for (const name of issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]) {
      if (Object.hasOwn(pathParameters, name)) throw new HttpError(404, issue.message)
      // A repeated parameter is reported once, not also as missing.
      if (!faults.has(name)) faults.set(name, issue.message)
    }
  }
  if (Object.values(pathParameters).some((value) => String(value).includes('\0'))) {
    throw new HttpError(404, 'The path must not contain NUL')
  }
  if (faults.size > 0 || !parsed.success) {
    throw new InvalidParameters([...faults].map(([name, detail]) => ({ name, detail })))
  }
  return parsed.data
}
