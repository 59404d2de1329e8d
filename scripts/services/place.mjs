import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServicesError } from './report.mjs'

/** Absolute path of the checkout these scripts belong to. */
export const CHECKOUT = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..'))

/** A checkout may have servers beside its ordinary ones, for who must restart them: this says what for. */
const PURPOSE = process.env.STACKTACH_SERVICES ?? ''
if (!/^[a-z]*$/.test(PURPOSE)) throw new Error('STACKTACH_SERVICES may hold small letters only')

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Name of everything that belongs to these servers: folder, Docker project, RabbitMQ node. */
export const NAME = `stacktach-${hash(CHECKOUT)}${PURPOSE && `-${PURPOSE}`}`

/** Keeps the ports of two checkouts, and of the servers of one, apart on a machine. */
export const NAME_HASH = PURPOSE ? hash(NAME) : hash(CHECKOUT)

/** The data folder. Not inside the checkout, since one below /root is closed to the servers' own users. */
export const FOLDER = join('/var/tmp', NAME)

/** Folder for configuration files; only its owner writes to it, the servers read it. */
export const CONFIG_FOLDER = join(FOLDER, 'etc')

/** Folder for the servers' output. */
export const LOG_FOLDER = join(FOLDER, 'log')

/** Held by who starts or stops these servers. */
export const LOCK = join(FOLDER, 'lock')

const PASSWORD_FILE = join(FOLDER, 'password')

/**
 * Makes the data folder, and refuses one that somebody else put in its place: /var/tmp is open to all.
 * @returns {void}
 */
export function ensureFolder() {
  for (const folder of [FOLDER, CONFIG_FOLDER, LOG_FOLDER]) {
    mkdirSync(folder, { recursive: true })
    const found = lstatSync(folder)
    if (!found.isDirectory() || found.uid !== process.getuid()) {
      throw new ServicesError(`${folder} belongs to another user: remove it, or run as that user`)
    }
    chmodSync(folder, 0o755)
  }
}

/**
 * PostgreSQL's password in this data folder, made at first use. Kept apart from the state file, which may be lost
 * without harm; losing the password would lose the database.
 * @returns {string}
 */
export function ensurePassword() {
  if (!existsSync(PASSWORD_FILE)) writeFileSync(PASSWORD_FILE, randomBytes(16).toString('hex'), { mode: 0o600 })
  return readPassword()
}

/**
 * The password, or an empty string when there is none yet or it is not ours to read.
 * @returns {string}
 */
export function readPassword() {
  try {
    return readFileSync(PASSWORD_FILE, 'utf8').trim()
  } catch {
    return ''
  }
}
