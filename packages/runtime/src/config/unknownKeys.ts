/**
 * The keys of an object that a program does not know, one line each.
 *
 * @param path of the object in its file; empty for the file itself
 */
export function unknownKeys(path: string, value: unknown, known: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${path === '' ? '' : `${path}.`}${key}: the key is unknown and ignored: check its spelling`)
}
