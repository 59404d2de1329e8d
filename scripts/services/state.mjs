import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHECKOUT, FOLDER } from './place.mjs'

/**
 * What is remembered between runs. Process ids are here to be looked at and as a second hint; nothing is signalled
 * because of them alone.
 * @typedef {{ ports: Record<string, number>, pid?: number }} ServerState
 * @typedef {object} State
 * @property {string} checkout
 * @property {string} folder
 * @property {'docker' | 'private'} [how]
 * @property {Record<string, ServerState>} servers
 */

const STATE_FILE = join(FOLDER, 'state.json')

/**
 * The remembered state; an empty one when there is none, or none that can be read.
 * @returns {State}
 */
export function readState() {
  const empty = { checkout: CHECKOUT, folder: FOLDER, servers: {} }
  try {
    const found = JSON.parse(readFileSync(STATE_FILE, 'utf8'))
    return typeof found.servers === 'object' && found.servers ? { ...empty, ...found } : empty
  } catch {
    return empty
  }
}

/**
 * Replaces the state file in one step, so that a reader never sees half of it.
 * @param {State} state
 * @returns {void}
 */
export function writeState(state) {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${STATE_FILE}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${STATE_FILE}.new`, STATE_FILE)
}

/**
 * All ports that servers of this checkout have or had.
 * @param {State} state
 * @returns {Set<number>}
 */
export function rememberedPorts(state) {
  return new Set(Object.values(state.servers).flatMap(({ ports }) => Object.values(ports)))
}
