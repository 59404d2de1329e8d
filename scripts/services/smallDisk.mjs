import { execFileSync } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensureFolder, FOLDER } from './place.mjs'
import { readState } from './state.mjs'
import { userFor } from './users.mjs'

const PLACE = join(FOLDER, 'small')
const BALLAST = join(PLACE, 'ballast')

/**
 * A disk that can be full.
 * @typedef {object} SmallDisk
 * @property {string} folder for PostgreSQL alone
 * @property {() => void} fill
 * @property {() => void} clear
 */

/**
 * A small disk in memory, on which the private PostgreSQL may have a tablespace.
 * @param {number} megabytes
 * @returns {SmallDisk | { without: string }} without: why there can be none
 */
export function smallDisk(megabytes) {
  if (readState().how === 'docker') return { without: 'PostgreSQL is in a container' }
  if (process.platform !== 'linux' || process.getuid() !== 0) return { without: 'only root can mount a small disk' }
  ensureFolder()
  removeSmallDisk()
  mkdirSync(PLACE, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', PLACE], { stdio: 'pipe' })
  } catch (error) {
    return { without: `no small disk can be mounted: ${error.stderr?.toString().trim() || error.message}` }
  }
  const folder = join(PLACE, 'tablespace')
  mkdirSync(folder, { mode: 0o700 })
  const { uid, gid } = userFor('postgres')
  if (uid !== undefined) chownSync(folder, uid, gid)
  return { folder, fill, clear: () => rmSync(BALLAST, { force: true }) }
}

function fill() {
  const file = openSync(BALLAST, 'a')
  try {
    const piece = Buffer.alloc(4096, 1)
    while (statfsSync(PLACE).bavail > 0) writeSync(file, piece)
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

/**
 * Removes the small disk, if there is one. PostgreSQL is stopped before.
 * @returns {void}
 */
export function removeSmallDisk() {
  if (!existsSync(PLACE)) return
  try {
    // Lazily: a server that still has a file open there keeps it until it ends.
    execFileSync('umount', ['--lazy', PLACE], { stdio: 'pipe' })
  } catch {
    // Nothing is mounted there.
  }
  rmSync(PLACE, { recursive: true, force: true })
}
