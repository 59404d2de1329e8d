import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Folder with a folder for each migration. */
export const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/** Names of this version's migrations, in order. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
