import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { FOLDER } from './paths.mjs'

/**
 * The user to run a command as; undefined ids mean the current user.
 * @typedef {{ uid?: number | undefined, gid?: number | undefined }} User
 */

/**
 * A server process that was started; `failure` returns the reason once it has ended.
 * @typedef {{ pid: number | undefined, failure: () => string }} Started
 */

/**
 * An environment that takes only PATH from the caller: variables such as PGPORT or RABBITMQ_NODENAME would address
 * other servers.
 * @param {Record<string, string>} [more]
 * @returns {Record<string, string>}
 */
export function cleanEnv(more = {}) {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`
  return { PATH: path, LANG: 'C.UTF-8', HOME: FOLDER, ...more }
}

/**
 * Runs a command to its end and collects its output. A command that cannot be started counts as failed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ input?: string | undefined } & Omit<import('node:child_process').SpawnOptions, 'stdio'>} [options]
 * @returns {Promise<{ ok: boolean, code: number | null, stdout: string, output: string }>} output: stdout and stderr
 */
export function run(command, args, { input, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let output = ''
    child.stdout.on('data', (data) => {
      stdout += data
      output += data
    })
    child.stderr.on('data', (data) => {
      output += data
    })
    child.on('error', (error) => resolve({ ok: false, code: null, stdout, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, code, stdout, output }))
    // A command that does not read its input closes the pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/**
 * Starts a server in a session of its own, with its output in a file: it outlives this script, and Ctrl-C in the
 * terminal does not reach it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, env: Record<string, string>, cwd: string } & User} options
 * @returns {Started}
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
    reason = `exited with ${signal ?? `code ${code}`}`
  })
  child.unref()
  return { pid: child.pid, failure: () => reason }
}

/**
 * The last lines of a text, for error messages.
 * @param {string} text
 * @param {number} [count]
 * @returns {string}
 */
export function lastLines(text, count = 12) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

/**
 * The last lines of a log file; empty if it does not exist.
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
