import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs'

/** The user id of this process; undefined on Windows. */
export const ownUid = () => process.getuid?.()

/** Whether this process runs as root. */
export const isRoot = () => ownUid() === 0

/**
 * The user that a server runs as: its package's user if we are root and it exists, otherwise the current user.
 * @param {string} name
 * @returns {import('./run.mjs').User}
 */
export function userFor(name) {
  if (!isRoot()) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  if (!line) return {}
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/**
 * Creates a folder that only the given user can enter.
 * @param {string} path
 * @param {import('./run.mjs').User} user
 * @returns {void}
 */
export function ensureOwnedFolder(path, { uid, gid }) {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o700)
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}
