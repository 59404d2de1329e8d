import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

function fromProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The command line of a process; empty when it is gone or a zombie. Asks ps where there is no /proc.
 * @param {number} pid
 * @returns {string}
 */
export function commandLine(pid) {
  if (process.platform === 'linux') return fromProc(pid, 'cmdline').replaceAll('\0', ' ').trim()
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/**
 * When a process began, in ticks since boot: tells a process from a later one with the same id. Empty if unknown.
 * @param {number} pid
 * @returns {string}
 */
export function startTime(pid) {
  // The second field is the command's name in parentheses and may hold blanks, so count from behind it.
  const stat = fromProc(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function workingFolder(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/**
 * Whether a process is alive and is this program working for this folder. Process ids come round again, so neither a
 * pid file nor a state file is proof.
 * @param {number | undefined} pid
 * @param {string} program what its command's name begins with
 * @param {string} folder named in its command line, or its working folder
 * @returns {boolean}
 */
export function isOurs(pid, program, folder) {
  if (!pid) return false
  const command = commandLine(pid)
  if (!basename(command.split(' ')[0]).startsWith(program)) return false
  return `${command} `.includes(`${folder} `) || command.includes(`${folder}/`) || inside(workingFolder(pid), folder)
}

function inside(path, folder) {
  return path === folder || path.startsWith(`${folder}/`)
}

/**
 * All processes of a program that work for a folder (none where there is no /proc to look into).
 * @param {string} program
 * @param {string} folder
 * @returns {number[]}
 */
export function processesOf(program, folder) {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => pid !== process.pid && isOurs(pid, program, folder))
}

/**
 * Sends a signal; a process that is already gone is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @returns {void}
 */
export function send(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/**
 * Waits until a condition holds.
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} milliseconds at most
 * @returns {Promise<boolean>} false when the time ran out
 */
export async function waitUntil(condition, milliseconds) {
  const end = Date.now() + milliseconds
  while (!(await condition())) {
    if (Date.now() > end) return false
    await sleep(50)
  }
  return true
}
