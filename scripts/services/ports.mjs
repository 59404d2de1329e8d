import { createServer } from 'node:net'
import { NAME_HASH } from './paths.mjs'
import { ServicesError } from './report.mjs'

// Below Linux's range for outgoing connections, so that a port stays free while its server is down. Each checkout
// starts at another port of the range.
const FIRST = 21000
const COUNT = 8000
const START = (Number.parseInt(NAME_HASH, 16) % (COUNT / 10)) * 10

/**
 * Whether no program listens on a port of the loopback address.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** @param {Set<number>} taken */
async function nextFree(taken) {
  for (let step = 0; step < COUNT; step += 1) {
    const port = FIRST + ((START + step) % COUNT)
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new ServicesError(`no free port between ${FIRST} and ${FIRST + COUNT - 1}`)
}

/**
 * Chooses a port for each name: the previous one if it is still free, otherwise another.
 * @param {readonly string[]} names
 * @param {Record<string, number> | undefined} previous
 * @param {Set<number>} taken ports that other servers have or remember; the chosen ones are added
 * @returns {Promise<Record<string, number>>}
 */
export async function choosePorts(names, previous, taken) {
  /** @type {Record<string, number>} */
  const chosen = {}
  for (const name of names) {
    const before = previous?.[name]
    const port = before && (await isFree(before)) ? before : await nextFree(taken)
    taken.add(port)
    chosen[name] = port
  }
  return chosen
}
