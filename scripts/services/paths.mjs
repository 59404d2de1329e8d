import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServicesError } from './report.mjs'
import { ownUid } from './users.mjs'

/** The absolute path of this checkout. */
export const CHECKOUT = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..'))

/** Selects a second set of servers of this checkout, for tests that restart them. */
const PURPOSE = process.env.STACKTACH_SERVICES ?? ''
if (!/^[a-z]*$/.test(PURPOSE)) throw new Error('STACKTACH_SERVICES may contain only lower-case letters')

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Names everything that belongs to these servers: folder, Docker project, RabbitMQ node. */
export const NAME = `stacktach-${hash(CHECKOUT)}${PURPOSE && `-${PURPOSE}`}`

/** Separates the port ranges of the sets of servers on one machine. */
export const NAME_HASH = PURPOSE ? hash(NAME) : hash(CHECKOUT)

/** The data folder. Not inside the checkout: the servers' users could not enter one below /root. */
export const FOLDER = join('/var/tmp', NAME)

/** Folder of the configuration files; only its owner can write to it, the servers read it. */
export const CONFIG_FOLDER = join(FOLDER, 'etc')

/** Folder of the servers' log files. */
export const LOG_FOLDER = join(FOLDER, 'log')

/** The lock for starting and stopping these servers. */
export const LOCK = join(FOLDER, 'lock')

const PASSWORD_FILE = join(FOLDER, 'password')

/**
 * Creates the data folder, and refuses one that another user created: /var/tmp is writable for everyone.
 * @returns {void}
 * @throws {ServicesError}
 */
export function ensureFolder() {
  for (const folder of [FOLDER, CONFIG_FOLDER, LOG_FOLDER]) {
    mkdirSync(folder, { recursive: true })
    const stat = lstatSync(folder)
    if (!stat.isDirectory() || stat.uid !== ownUid()) {
      throw new ServicesError(`${folder} belongs to another user: remove it, or run as that user`)
    }
    chmodSync(folder, 0o755)
  }
}

/**
 * PostgreSQL's password in this data folder, created at first use. It is kept apart from the state file: the state can
 * be recreated, but without the password the database is lost.
 * @returns {string}
 */
export function ensurePassword() {
  if (!existsSync(PASSWORD_FILE)) writeFileSync(PASSWORD_FILE, randomBytes(16).toString('hex'), { mode: 0o600 })
  return readPassword()
}

/**
 * The password, or an empty string if it does not exist or is not readable.
 * @returns {string}
 */
export function readPassword() {
  try {
    return readFileSync(PASSWORD_FILE, 'utf8').trim()
  } catch {
    return ''
  }
}
