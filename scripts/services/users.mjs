import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs'

/**
 * The user that a server runs as: its package's user when we are root and there is one, otherwise ourselves.
 * @param {string} name
 * @returns {import('./run.mjs').User}
 */
export function userFor(name) {
  if (process.getuid() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  if (!line) return {}
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/**
 * Makes a folder that only the given user can enter.
 * @param {string} path
 * @param {import('./run.mjs').User} user
 * @returns {void}
 */
export function ensureOwnedFolder(path, user) {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o700)
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid)
}
