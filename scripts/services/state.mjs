import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CHECKOUT, FOLDER } from './paths.mjs'

/**
 * What is kept between runs. A pid is only a hint: no process is signalled because of it alone.
 * @typedef {'postgres' | 'redis' | 'rabbitmq'} ServerName
 * @typedef {{ ports: Record<string, number>, pid?: number | undefined }} ServerState
 * @typedef {object} State
 * @property {string} checkout
 * @property {string} folder
 * @property {'docker' | 'private'} [how]
 * @property {Partial<Record<ServerName, ServerState>>} servers
 */

/** @type {ServerName[]} */
export const SERVER_NAMES = ['postgres', 'redis', 'rabbitmq']

const STATE_FILE = join(FOLDER, 'state.json')

/**
 * The stored state; an empty one if the file is missing or unreadable.
 * @param {string} [file]
 * @returns {State}
 */
export function readState(file = STATE_FILE) {
  const empty = { checkout: CHECKOUT, folder: FOLDER, servers: {} }
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8'))
    return isState(stored) ? { ...empty, ...stored } : empty
  } catch {
    return empty
  }
}

/** @param {unknown} stored */
function isState(stored) {
  return isObject(stored) && isObject(stored.servers) && Object.values(stored.servers).every(hasPorts)
}

/** @param {unknown} server */
function hasPorts(server) {
  return isObject(server) && isObject(server.ports)
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null
}

/**
 * Replaces the state file atomically.
 * @param {State} state
 * @param {string} [file]
 * @returns {void}
 */
export function writeState(state, file = STATE_FILE) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/**
 * All ports that servers of this checkout have or had.
 * @param {State} state
 * @returns {Set<number>}
 */
export function rememberedPorts(state) {
  return new Set(Object.values(state.servers).flatMap(({ ports }) => Object.values(ports)))
}
