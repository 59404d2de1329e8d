import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of an installed program, looked up in the given folders and then in PATH; null when it is not installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const searched = [...folders, ...(process.env.PATH ?? '').split(delimiter)]
  return searched.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}
