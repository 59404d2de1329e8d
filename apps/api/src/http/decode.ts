import { z } from 'zod'
import { HttpError } from './httpError.ts'

const texts = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/**
 * A request's parameters, parsed: those of its path, and those of its query. One that is empty counts as not there. One
 * that is unknown is ignored, as StackTach does, unless the schema is strict.
 *
 * @throws HttpError 400 naming every parameter of the query that is wrong, 404 when one of the path is.
 */
export function decode<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  place: unknown,
  query: unknown,
): z.output<z.ZodObject<Shape>> {
  const inPath = texts.parse(place)
  const given: Record<string, unknown> = Object.create(null)
  const faults = new Map<string, string>()
  for (const [name, value] of Object.entries(query ?? {})) {
    const known = Object.hasOwn(schema.shape, name)
    if (known && Array.isArray(value)) faults.set(name, `${name} is there more than once`)
    else if (known && String(value).includes('\0')) faults.set(name, `${name} must not hold a NUL`)
    else if (!known || value !== '') given[name] = value
  }
  const parsed = schema.safeParse(Object.assign(given, inPath))
  for (const { path, message } of parsed.success ? [] : parsed.error.issues) {
    const name = String(path[0])
    if (Object.hasOwn(inPath, name)) throw new HttpError(404, message)
    // What is repeated is not also missing.
    if (!faults.has(name)) faults.set(name, message)
  }
  if (Object.values(inPath).some((value) => String(value).includes('\0'))) {
    throw new HttpError(404, 'Nothing has a NUL in its name')
  }
  if (faults.size > 0 || !parsed.success) throw new HttpError(400, [...faults.values()].join('; '))
  return parsed.data
}
