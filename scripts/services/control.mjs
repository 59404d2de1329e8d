import { startDocker, stopContainer } from './docker.mjs'
import { withLock } from './lock.mjs'
import { ensureFolder, LOCK } from './paths.mjs'
import { startPrivate, stopPrivateServer } from './private.mjs'
import { ServicesError } from './report.mjs'
import { readState } from './state.mjs'
import { ownUrls } from './urls.mjs'

/**
 * Stops one of the servers that these scripts started.
 * @param {import('./state.mjs').ServerName} name
 * @param {boolean} immediately without a clean shutdown, as in a crash
 * @returns {Promise<void>}
 */
export async function stopOne(name, immediately) {
  const stop = readState().how === 'docker' ? stopContainer : stopPrivateServer
  await withLock(LOCK, () => stop(name, immediately), ensureFolder)
}

/**
 * Starts a stopped server again on the same ports, and waits until it accepts connections.
 * @param {import('./state.mjs').ServerName} name
 * @returns {Promise<void>}
 */
export async function startOne(name) {
  const before = JSON.stringify(ownUrls(readState()))
  const start = readState().how === 'docker' ? startDocker : startPrivate
  await withLock(LOCK, () => start([name]), ensureFolder)
  if (JSON.stringify(ownUrls(readState())) !== before) {
    throw new ServicesError(`${name}: another program took its port while it was stopped`)
  }
}
