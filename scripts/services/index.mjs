import { existsSync, rmdirSync } from 'node:fs'
import { hasDocker, startDocker, stopDocker } from './docker.mjs'
import { withLock } from './lock.mjs'
import { defaultManagementUrl, demandNamed, namedServers, probeNamed, VARIABLES } from './named.mjs'
import { ensureFolder, FOLDER, LOCK } from './place.mjs'
import { purgePrivate, startPrivate, stopPrivate } from './private.mjs'
import { note, ServicesError } from './report.mjs'
import { readState } from './state.mjs'
import { ownUrls } from './urls.mjs'

export { startOne, stopOne } from './control.mjs'
export { ServicesError } from './report.mjs'
export { servicesStatus } from './status.mjs'

/**
 * @typedef {Record<import('./named.mjs').Variable, string>} ServicesEnv
 */

/**
 * Docker or private servers? Whatever it was before, since that is where the data is.
 */
async function prefersDocker() {
  const { how } = readState()
  if (how === 'private') return false
  const answers = await hasDocker()
  if (how === 'docker' && !answers) note('the Docker engine used before does not answer, so not using it')
  return answers
}

async function startOwn(names) {
  if (await prefersDocker()) {
    try {
      return await startDocker(names)
    } catch (error) {
      if (!(error instanceof ServicesError)) throw error
      note(`${error.message}\nservices: going on without Docker`)
    }
  }
  return startPrivate(names)
}

async function completeEnv(named) {
  const all = { ...ownUrls(readState()), ...named }
  if (named.AMQP_URL && !named.AMQP_MANAGEMENT_URL) {
    all.AMQP_MANAGEMENT_URL = defaultManagementUrl(named.AMQP_URL)
    const reason = await probeNamed('AMQP_MANAGEMENT_URL', all.AMQP_MANAGEMENT_URL)
    if (reason) note(`no management plugin answers where AMQP_URL lets expect it (${reason}): set AMQP_MANAGEMENT_URL`)
  }
  const { DATABASE_URL, REDIS_URL, AMQP_URL, AMQP_MANAGEMENT_URL } = all
  return { DATABASE_URL, REDIS_URL, AMQP_URL, AMQP_MANAGEMENT_URL }
}

/**
 * Sees to it that PostgreSQL, Redis and RabbitMQ run: uses those that the environment names and starts the others,
 * with Docker or privately. Does nothing but ask when all are up. Safe to call from several programs at a time.
 * @param {{ env?: Record<string, string | undefined> }} [options] env: where to look for named servers
 * @returns {Promise<{ env: ServicesEnv, startedHere: boolean }>} startedHere: this call started at least one server
 * @throws {ServicesError} when a named server does not answer, or one cannot be installed or started
 */
export async function ensureServices({ env = process.env } = {}) {
  const named = namedServers(env, ownUrls(readState()))
  await demandNamed(named)
  const wanted = Object.keys(VARIABLES).filter((name) => !named[VARIABLES[name]])
  const startedHere = wanted.length > 0 && (await withLock(LOCK, () => startOwn(wanted), ensureFolder))
  return { env: await completeEnv(named), startedHere }
}

/**
 * Stops the servers that these scripts started for this checkout, and waits until they are gone. Servers named by the
 * environment are left alone.
 * @param {{ purge?: boolean }} [options] purge: remove their data too
 * @returns {Promise<{ stopped: string[] }>} the names of those that ran
 */
export async function stopServices({ purge = false } = {}) {
  if (!existsSync(FOLDER)) return { stopped: [] }
  const stopped = await withLock(LOCK, () => stopOwn(purge), ensureFolder)
  if (purge) removeIfEmpty(FOLDER)
  return { stopped }
}

async function stopOwn(purge) {
  const inDocker = readState().how === 'docker' ? await stopDocker(purge) : []
  const stopped = [...inDocker, ...(await stopPrivate())]
  if (purge) purgePrivate()
  return stopped
}

// Not empty means that the next one in the queue for the lock is already at work there.
function removeIfEmpty(folder) {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error
  }
}
