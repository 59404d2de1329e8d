import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode } from './report.mjs'

/**
 * @param {number} pid
 * @param {string} file
 */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The command line of a process; empty if it has ended or is a zombie. Uses ps where there is no /proc.
 * @param {number} pid
 * @returns {string}
 */
export function commandLine(pid) {
  if (process.platform === 'linux') return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim()
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/**
 * The start of a process in ticks since boot, to distinguish it from a later process with the same pid.
 * @param {number} pid
 * @returns {string} empty if unknown
 */
export function startTime(pid) {
  // The second field is the command in parentheses and may contain spaces, so count from behind it.
  const stat = readProc(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** @param {number} pid */
function workingFolder(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/**
 * Whether a process is alive and runs this program for this folder. Pids are reused, so a pid file is not proof.
 * @param {number | undefined} pid
 * @param {string} program how the name of its command begins
 * @param {string} folder in its command line, or its working folder
 * @returns {boolean}
 */
export function belongsTo(pid, program, folder) {
  if (!pid) return false
  const command = commandLine(pid)
  if (!basename(command.split(' ')[0] ?? '').startsWith(program)) return false
  const cwd = workingFolder(pid)
  return `${command} `.includes(`${folder} `) || command.includes(`${folder}/`) || `${cwd}/`.startsWith(`${folder}/`)
}

/**
 * All processes of a program that work for a folder; none where there is no /proc.
 * @param {string} program
 * @param {string} folder
 * @returns {number[]}
 */
export function processesOf(program, folder) {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => pid !== process.pid && belongsTo(pid, program, folder))
}

/**
 * Sends a signal; a process that has already ended is not an error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @returns {void}
 */
export function send(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/**
 * Waits until a condition holds.
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} false on timeout
 */
export async function waitUntil(condition, timeoutMs) {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}
