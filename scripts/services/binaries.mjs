import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { cleanEnv } from './run.mjs'

const POSTGRES_ROOT = '/usr/lib/postgresql'
const OLDEST_POSTGRES = 15

/**
 * Whether a file can be executed.
 * @param {string} path
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The absolute path of a program: searched in the given folders first, then in PATH.
 * @param {string} name
 * @param {string[]} [folders]
 * @returns {string | undefined}
 */
export function findProgram(name, folders = []) {
  const path = cleanEnv().PATH ?? ''
  return [...folders, ...path.split(delimiter).filter(Boolean)].map((folder) => join(folder, name)).find(isExecutable)
}

function installedVersions() {
  try {
    const versions = readdirSync(POSTGRES_ROOT).map(Number)
    return versions.filter((version) => version >= OLDEST_POSTGRES).sort((a, b) => b - a)
  } catch {
    return []
  }
}

/**
 * The folder with initdb and postgres: of the version that created the data, or the newest if there is no data.
 * @param {number | undefined} dataVersion
 * @returns {string | undefined}
 */
export function findPostgres(dataVersion) {
  const versions = installedVersions().filter((version) => !dataVersion || version === dataVersion)
  const folders = versions.map((version) => join(POSTGRES_ROOT, String(version), 'bin'))
  const complete = folders.find((folder) => ['postgres', 'initdb'].every((name) => isExecutable(join(folder, name))))
  return complete ?? findProgram('initdb')?.replace(/\/initdb$/, '')
}
