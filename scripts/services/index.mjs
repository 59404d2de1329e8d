import { existsSync, rmdirSync } from 'node:fs'
import { hasDocker, startDocker, stopDocker } from './docker.mjs'
import { withLock } from './lock.mjs'
import { defaultManagementUrl, namedServers, probeNamed, requireNamed, VARIABLES } from './named.mjs'
import { ensureFolder, FOLDER, LOCK } from './paths.mjs'
import { purgePrivate, setPrivateFsync, startPrivate, stopPrivate } from './private.mjs'
import { errorCode, note, ServicesError } from './report.mjs'
import { readState, SERVER_NAMES } from './state.mjs'
import { ownUrls } from './urls.mjs'

export { startOne, stopOne } from './control.mjs'
export { ensureChromium } from './packages.mjs'
export { ServicesError } from './report.mjs'
export { servicesStatus } from './status.mjs'

/** @typedef {import('./state.mjs').ServerName} ServerName */
/** @typedef {Partial<Record<import('./named.mjs').Variable, string>>} Addresses */

/**
 * The address of each server.
 * @typedef {Record<import('./named.mjs').Variable, string>} ServicesEnv
 */

/** Whether to use Docker: the same as at the last start, because the data is there. */
async function prefersDocker() {
  const { how } = readState()
  if (how === 'private') return false
  const available = await hasDocker()
  if (how === 'docker' && !available) note('the Docker engine used before does not answer; continuing without it')
  return available
}

/**
 * @param {ServerName[]} names
 * @param {boolean} fsync
 */
async function startOwn(names, fsync) {
  const startedHere = await startMissing(names)
  if (names.includes('postgres')) setPrivateFsync(fsync)
  return startedHere
}

/** @param {ServerName[]} names */
async function startMissing(names) {
  if (await prefersDocker()) {
    try {
      return await startDocker(names)
    } catch (error) {
      if (!(error instanceof ServicesError)) throw error
      note(`${error.message}\nservices: continuing without Docker`)
    }
  }
  return startPrivate(names)
}

/**
 * @param {Addresses} named
 * @returns {Promise<ServicesEnv>}
 */
async function completeEnv(named) {
  const all = { ...ownUrls(readState()), ...named }
  if (named.AMQP_URL && !named.AMQP_MANAGEMENT_URL) {
    all.AMQP_MANAGEMENT_URL = defaultManagementUrl(named.AMQP_URL)
    const reason = await probeNamed('AMQP_MANAGEMENT_URL', all.AMQP_MANAGEMENT_URL)
    if (reason) note(`RabbitMQ's management plugin does not answer (${reason}): set AMQP_MANAGEMENT_URL`)
  }
  const { DATABASE_URL = '', REDIS_URL = '', AMQP_URL = '', AMQP_MANAGEMENT_URL = '' } = all
  return { DATABASE_URL, REDIS_URL, AMQP_URL, AMQP_MANAGEMENT_URL }
}

/**
 * Makes sure that PostgreSQL, Redis and RabbitMQ run: uses the servers that the environment names, and starts the
 * others, with Docker or privately. Several programs may call it at the same time.
 * @param {{ env?: Record<string, string | undefined>, fsync?: boolean }} [options] env: the environment that may name
 *   servers. fsync: whether a privately started PostgreSQL waits for the disk; tests need no data after a crash
 * @returns {Promise<{ env: ServicesEnv, startedHere: boolean }>} startedHere: this call started at least one server
 * @throws {ServicesError} if a named server does not answer, or a server cannot be installed or started
 */
export async function ensureServices({ env = process.env, fsync = true } = {}) {
  const named = namedServers(env, ownUrls(readState()))
  await requireNamed(named)
  const missing = SERVER_NAMES.filter((name) => !named[VARIABLES[name]])
  const startedHere = missing.length > 0 && (await withLock(LOCK, () => startOwn(missing, fsync), ensureFolder))
  return { env: await completeEnv(named), startedHere }
}

/**
 * Stops the servers that these scripts started for this checkout, and waits until they have ended. Servers named by
 * the environment are not touched.
 * @param {{ purge?: boolean }} [options] purge: remove their data too
 * @returns {Promise<{ stopped: string[] }>} the names of those that were running
 */
export async function stopServices({ purge = false } = {}) {
  if (!existsSync(FOLDER)) return { stopped: [] }
  const stopped = await withLock(LOCK, () => stopOwn(purge), ensureFolder)
  if (purge) removeIfEmpty(FOLDER)
  return { stopped }
}

/** @param {boolean} purge */
async function stopOwn(purge) {
  const inDocker = readState().how === 'docker' ? await stopDocker(purge) : []
  const stopped = [...inDocker, ...(await stopPrivate())]
  if (purge) purgePrivate()
  return stopped
}

/**
 * Removes a folder, unless the next holder of the lock already uses it.
 * @param {string} folder
 */
function removeIfEmpty(folder) {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'ENOENT') throw error
  }
}
