import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bareEnv } from './run.mjs'

const POSTGRES_ROOT = '/usr/lib/postgresql'
const OLDEST_POSTGRES = 15

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * A program's absolute path, looked for in the given folders first and then on the search path.
 * @param {string} name
 * @param {string[]} [folders]
 * @returns {string | undefined}
 */
export function findProgram(name, folders = []) {
  const searched = [...folders, ...bareEnv().PATH.split(delimiter).filter(Boolean)]
  return searched.map((folder) => join(folder, name)).find(isProgram)
}

function debianVersions() {
  try {
    const versions = readdirSync(POSTGRES_ROOT).map(Number)
    return versions.filter((version) => version >= OLDEST_POSTGRES).sort((a, b) => b - a)
  } catch {
    return []
  }
}

/**
 * The folder with initdb and postgres: the version that made the data if there are any, otherwise the newest.
 * @param {number | undefined} dataVersion
 * @returns {string | undefined}
 */
export function findPostgres(dataVersion) {
  const versions = debianVersions().filter((version) => !dataVersion || version === dataVersion)
  const folders = versions.map((version) => join(POSTGRES_ROOT, String(version), 'bin'))
  const found = folders.find((folder) => isProgram(join(folder, 'postgres')) && isProgram(join(folder, 'initdb')))
  return found ?? findProgram('initdb')?.replace(/\/initdb$/, '')
}
