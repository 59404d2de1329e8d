import { execFileSync } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensureFolder, FOLDER } from './paths.mjs'
import { errorCode } from './report.mjs'
import { readState } from './state.mjs'
import { isRoot, userFor } from './users.mjs'

const MOUNT_POINT = join(FOLDER, 'small')
const BALLAST = join(MOUNT_POINT, 'ballast')

/**
 * A disk that can be filled.
 * @typedef {object} SmallDisk
 * @property {string} folder for PostgreSQL alone
 * @property {() => void} fill
 * @property {() => void} clear
 */

/**
 * Mounts a small disk in memory for a tablespace of the private PostgreSQL.
 * @param {number} megabytes
 * @returns {SmallDisk | { without: string }} without: why it is not possible
 */
export function smallDisk(megabytes) {
  if (readState().how === 'docker') return { without: 'PostgreSQL runs in a container' }
  if (process.platform !== 'linux' || !isRoot()) return { without: 'only root can mount a small disk' }
  ensureFolder()
  removeSmallDisk()
  mkdirSync(MOUNT_POINT, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', MOUNT_POINT], { stdio: 'pipe' })
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    return { without: `could not mount a small disk: ${reason || error}` }
  }
  const folder = join(MOUNT_POINT, 'tablespace')
  mkdirSync(folder, { mode: 0o700 })
  const { uid, gid } = userFor('postgres')
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return { folder, fill, clear: () => rmSync(BALLAST, { force: true }) }
}

function fill() {
  const file = openSync(BALLAST, 'a')
  try {
    const block = Buffer.alloc(4096, 1)
    while (statfsSync(MOUNT_POINT).bavail > 0) writeSync(file, block)
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

/**
 * Unmounts the small disk if there is one. PostgreSQL must be stopped first.
 * @returns {void}
 */
export function removeSmallDisk() {
  if (!existsSync(MOUNT_POINT)) return
  try {
    // Lazily: a process that still has a file open there keeps it until it ends.
    execFileSync('umount', ['--lazy', MOUNT_POINT], { stdio: 'pipe' })
  } catch {
    // Not mounted.
  }
  rmSync(MOUNT_POINT, { recursive: true, force: true })
}
