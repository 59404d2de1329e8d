import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onInterrupt } from './interrupt.mjs'
import { commandLine, startTime } from './process.mjs'
import { errorCode, note } from './report.mjs'

const POLL_INTERVAL_MS = 100

/** @param {string} path */
function readHolder(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** @param {string} holder */
function isAlive(holder) {
  const [pid, startedAt] = holder.trim().split(' ')
  return Number(pid) > 0 && commandLine(Number(pid)) !== '' && startTime(Number(pid)) === (startedAt ?? '')
}

/**
 * Creates the lock with a hard link, which fails if the lock exists: the lock file is never without its holder's name.
 * @param {string} path
 * @param {string} holder
 */
function tryAcquire(path, holder) {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, holder)
    linkSync(draft, path)
    return true
  } catch (error) {
    // ENOENT: the folder has just been purged.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Removes the lock of a dead process. It is renamed first and then compared, because another waiting process may have
 * broken the lock and acquired it meanwhile; in that case it is put back.
 * @param {string} path
 * @param {string} deadHolder
 */
function breakStale(path, deadHolder) {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (readHolder(aside) !== deadHolder) linkSync(aside, path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/**
 * @param {string} path
 * @param {string} self
 * @param {() => void} prepare
 */
async function acquire(path, self, prepare) {
  let reported = false
  for (;;) {
    prepare()
    if (tryAcquire(path, self)) return
    const holder = readHolder(path)
    if (holder && !isAlive(holder)) {
      breakStale(path, holder)
      continue
    }
    if (holder && !reported) {
      note(`waiting for process ${holder.split(' ')[0]}, which is using the servers`)
      reported = true
    }
    await sleep(POLL_INTERVAL_MS)
  }
}

/**
 * Runs work while holding a lock file that names its holder. The lock of a dead process is broken.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} [prepare] runs before each attempt, to create the lock's folder
 * @returns {Promise<T>}
 */
export async function withLock(path, work, prepare = () => {}) {
  const self = `${process.pid} ${startTime(process.pid)}\n`
  await acquire(path, self, prepare)
  const release = () => {
    if (readHolder(path) === self) rmSync(path, { force: true })
  }
  const unregister = onInterrupt(release)
  try {
    return await work()
  } finally {
    release()
    unregister()
  }
}
