import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of a program of this machine, looked for in some folders and then on the search path; null when it is not there. */
export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const searched = [...folders, ...(process.env.PATH ?? '').split(delimiter)]
  return searched.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}
