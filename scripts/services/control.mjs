import { startDocker, stopContainer } from './docker.mjs'
import { withLock } from './lock.mjs'
import { ensureFolder, LOCK } from './place.mjs'
import { startPrivate, stopPrivateServer } from './private.mjs'
import { ServicesError } from './report.mjs'
import { readState } from './state.mjs'
import { ownUrls } from './urls.mjs'

/**
 * Stops one of the servers that these scripts started.
 * @param {'postgres' | 'redis' | 'rabbitmq'} name
 * @param {boolean} atOnce as in a crash, with no time to put anything in order
 * @returns {Promise<void>}
 */
export async function stopOne(name, atOnce) {
  const stop = readState().how === 'docker' ? stopContainer : stopPrivateServer
  await withLock(LOCK, () => stop(name, atOnce), ensureFolder)
}

/**
 * Starts it again, where it was, and waits until it answers.
 * @param {'postgres' | 'redis' | 'rabbitmq'} name
 * @returns {Promise<void>}
 */
export async function startOne(name) {
  const before = JSON.stringify(ownUrls(readState()))
  const start = readState().how === 'docker' ? startDocker : startPrivate
  await withLock(LOCK, () => start([name]), ensureFolder)
  if (JSON.stringify(ownUrls(readState())) !== before) {
    throw new ServicesError(`${name}: its port was taken by another program while it was down`)
  }
}
