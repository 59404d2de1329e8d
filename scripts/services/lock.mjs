import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onInterrupt } from './interrupt.mjs'
import { commandLine, startTime } from './process.mjs'
import { note } from './report.mjs'

function holderOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(holder) {
  const [pid, started] = holder.trim().split(' ')
  return Number(pid) > 0 && commandLine(Number(pid)) !== '' && startTime(Number(pid)) === (started ?? '')
}

// A hard link appears complete and fails when there is one already: the lock never exists without its holder's name.
function tryTake(path, mine) {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, mine)
    linkSync(draft, path)
    return true
  } catch (error) {
    // ENOENT: the folder was purged this very moment.
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

// Renamed before it is removed, to see whether it still was the dead holder's: another waiter may have been quicker.
function breakStale(path, holder) {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (holderOf(aside) !== holder) linkSync(aside, path)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

async function take(path, mine, prepare) {
  for (let told = false; ; ) {
    prepare()
    if (tryTake(path, mine)) return
    const holder = holderOf(path)
    if (holder && !isAlive(holder)) {
      breakStale(path, holder)
      continue
    }
    if (!told && holder) note(`waiting for process ${holder.split(' ')[0]}, which is at work on the servers`)
    told = told || holder !== ''
    await sleep(100)
  }
}

/**
 * Runs work while holding a lock file that names its holder; a lock whose holder is dead is broken.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} [prepare] run before each attempt, to make the folder that the lock lies in
 * @returns {Promise<T>}
 */
export async function withLock(path, work, prepare = () => {}) {
  const mine = `${process.pid} ${startTime(process.pid)}\n`
  await take(path, mine, prepare)
  const release = () => {
    if (holderOf(path) === mine) rmSync(path, { force: true })
  }
  const forget = onInterrupt(release)
  try {
    return await work()
  } finally {
    release()
    forget()
  }
}
