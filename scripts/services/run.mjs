import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { FOLDER } from './place.mjs'

/**
 * The user to run as; undefined ids mean: as ourselves.
 * @typedef {{ uid?: number, gid?: number }} User
 */

/**
 * An environment with nothing of the caller's but the search path: variables such as PGPORT or RABBITMQ_NODENAME would
 * reach into other servers.
 * @param {Record<string, string>} [more]
 * @returns {Record<string, string>}
 */
export function bareEnv(more = {}) {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`
  return { PATH: path, LANG: 'C.UTF-8', HOME: FOLDER, ...more }
}

/**
 * Runs a command to its end and collects what it says. A command that cannot be run counts as one that failed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ input?: string, timeout?: number } & import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ ok: boolean, stdout: string, output: string }>} output is stdout and stderr as they came
 */
export function run(command, args, { input, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...options })
    let stdout = ''
    let output = ''
    child.stdout.on('data', (data) => {
      stdout += data
      output += data
    })
    child.stderr.on('data', (data) => {
      output += data
    })
    child.on('error', (error) => resolve({ ok: false, stdout, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, stdout, output }))
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/**
 * Starts a server in a session of its own, with its output in a file: it outlives this script, and a Ctrl-C in the
 * terminal does not reach it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, env: Record<string, string>, cwd: string } & User} options
 * @returns {{ pid: number | undefined, failed: () => string }} failed gives a reason once the process has ended
 */
export function startDetached(command, args, { log, ...options }) {
  const file = openSync(log, 'a')
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', file, file] })
  closeSync(file)
  let reason = ''
  child.on('error', (error) => {
    reason = error.message
  })
  child.on('exit', (code, signal) => {
    reason = `ended with ${signal ?? `code ${code}`}`
  })
  child.unref()
  return { pid: child.pid, failed: () => reason }
}

/**
 * The last lines of a text, for messages about failures.
 * @param {string} text
 * @param {number} [count]
 * @returns {string}
 */
export function lastLines(text, count = 12) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

/**
 * The last lines of a log file; empty when there is none.
 * @param {string} path
 * @returns {string}
 */
export function logTail(path) {
  try {
    return lastLines(readFileSync(path, 'utf8'))
  } catch {
    return ''
  }
}
