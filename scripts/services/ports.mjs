import { createServer } from 'node:net'
import { NAME_HASH } from './place.mjs'
import { ServicesError } from './report.mjs'

// Below the range from which Linux takes the ports of outgoing connections, so that a port stays free while its server
// is down. Each checkout begins elsewhere in it.
const FIRST = 21000
const COUNT = 8000
const START = (Number.parseInt(NAME_HASH, 16) % (COUNT / 10)) * 10

/**
 * Whether nobody listens on a port of the loopback address.
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

async function nextFree(taken) {
  for (let step = 0; step < COUNT; step += 1) {
    const port = FIRST + ((START + step) % COUNT)
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new ServicesError(`no free port between ${FIRST} and ${FIRST + COUNT - 1}`)
}

/**
 * Chooses ports: the remembered ones where they are still free, others where not.
 * @param {readonly string[]} names
 * @param {Record<string, number> | undefined} remembered
 * @param {Set<number>} taken ports that other servers have or remember; grows by the chosen ones
 * @returns {Promise<Record<string, number>>}
 */
export async function choosePorts(names, remembered, taken) {
  const chosen = {}
  for (const name of names) {
    const before = remembered?.[name]
    const port = before && (await isFree(before)) ? before : await nextFree(taken)
    taken.add(port)
    chosen[name] = port
  }
  return chosen
}
