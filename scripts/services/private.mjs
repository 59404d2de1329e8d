import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled } from './packages.mjs'
import { FOLDER } from './place.mjs'
import { choosePorts, isFree } from './ports.mjs'
import { postgres } from './postgres.mjs'
import { isOurs, send, waitUntil } from './process.mjs'
import { rabbitmq } from './rabbitmq.mjs'
import { redis } from './redis.mjs'
import { note, ServicesError } from './report.mjs'
import { logTail } from './run.mjs'
import { readState, rememberedPorts, writeState } from './state.mjs'

/**
 * What one kind of server has to know about itself; everything else is the same for the three.
 * @typedef {object} Server
 * @property {'postgres' | 'redis' | 'rabbitmq'} name
 * @property {string} label
 * @property {string} program what its process is called
 * @property {string} folder its part of the data folder
 * @property {string} log where its output goes
 * @property {string[]} portNames
 * @property {number} seconds how long its start may take
 * @property {[NodeJS.Signals, NodeJS.Signals]} signals to stop it, and to stop it when that did not help
 * @property {() => boolean} isInstalled
 * @property {() => number | undefined} pid what its pid file says
 * @property {(ports?: Record<string, number>) => Promise<void>} beforeStart clears up after a killed one
 * @property {(ports: Record<string, number>) => Promise<{ pid?: number, failed: () => string }>} start
 * @property {(ports: Record<string, number>) => Promise<string>} answers what is wrong, or an empty string
 * @property {(ports?: Record<string, number>) => Promise<void>} afterStop
 */

/** @type {Server[]} */
const SERVERS = [postgres, redis, rabbitmq]

/**
 * The process of a private server, if it lives. The pid file knows better than the state, which an interrupted start
 * may have left behind.
 * @param {Server} server
 * @param {import('./state.mjs').State} state
 * @returns {number | undefined}
 */
function runningPid(server, state) {
  const candidates = [server.pid(), state.servers[server.name]?.pid]
  return candidates.find((pid) => isOurs(pid, server.program, server.folder))
}

/** Whether a server that lives also answers, given the time a start takes. */
async function settles(server, ports) {
  if ((await server.answers(ports)) === '') return true
  note(`${server.label}: waiting for the running one to answer`)
  return waitUntil(async () => (await server.answers(ports)) === '', server.seconds * 1000)
}

async function isUsable(server, state) {
  if (!runningPid(server, state)) return false
  const ports = state.servers[server.name]?.ports
  if (ports && (await settles(server, ports))) return true
  note(`${server.label}: the running one cannot be reached, starting it anew`)
  await stopServer(server, state)
  return false
}

async function startServer(server, ports) {
  const began = Date.now()
  const { pid, failed } = await server.start(ports)
  const answers = async () => failed() !== '' || (await server.answers(ports)) === ''
  const inTime = await waitUntil(answers, server.seconds * 1000)
  if (!inTime || failed()) {
    const reason = failed() || `did not answer within ${server.seconds} s`
    throw new ServicesError(`${server.label} ${reason}; the end of ${server.log}:\n${logTail(server.log)}`)
  }
  note(`${server.label}: up after ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return server.pid() ?? pid
}

async function prepare(servers, state) {
  const taken = rememberedPorts(state)
  for (const server of servers) {
    const before = state.servers[server.name]?.ports
    await server.beforeStart(before)
    state.servers[server.name] = { ports: await choosePorts(server.portNames, before, taken) }
  }
  // Written before anything starts: a start that is cut short can then still be found again.
  writeState(state)
}

/**
 * Starts those of the given servers that do not run yet, all at the same time. Call it with the lock held.
 * @param {string[]} names
 * @returns {Promise<boolean>} whether any had to be started
 */
export async function startPrivate(names) {
  const state = { ...readState(), how: 'private' }
  const wanted = SERVERS.filter((server) => names.includes(server.name))
  const usable = await Promise.all(wanted.map((server) => isUsable(server, state)))
  const missing = wanted.filter((_, index) => !usable[index])
  if (missing.length === 0) return false
  await ensureInstalled(missing)
  await prepare(missing, state)
  note(`starting ${missing.map((server) => server.label).join(', ')} in ${FOLDER}`)
  const starts = await Promise.allSettled(
    missing.map(async (server) => {
      state.servers[server.name].pid = await startServer(server, state.servers[server.name].ports)
    }),
  )
  writeState(state)
  const failure = starts.find((start) => start.status === 'rejected')
  if (failure) throw failure.reason
  return true
}

async function stopServer(server, state, signals = server.signals) {
  const pid = runningPid(server, state)
  if (pid) {
    const gone = () => !isOurs(pid, server.program, server.folder)
    send(pid, signals[0])
    if (!(await waitUntil(gone, 60_000))) send(pid, signals[1])
    if (!(await waitUntil(gone, 20_000))) throw new ServicesError(`${server.label}: process ${pid} does not end`)
  }
  await server.afterStop(state.servers[server.name]?.ports)
  return pid ? server.label : undefined
}

/**
 * Stops the private servers and waits until they are gone. Call it with the lock held.
 * @returns {Promise<string[]>} the labels of those that ran
 */
export async function stopPrivate() {
  const state = readState()
  const stopped = await Promise.all(SERVERS.map((server) => stopServer(server, state)))
  for (const entry of Object.values(state.servers)) delete entry.pid
  if (Object.keys(state.servers).length > 0) writeState(state)
  return stopped.filter(Boolean)
}

/**
 * Stops one private server and waits until it is gone.
 * @param {string} name
 * @param {boolean} atOnce as in a crash, with no time to put anything in order
 * @returns {Promise<void>}
 */
export async function stopPrivateServer(name, atOnce) {
  const server = SERVERS.find((candidate) => candidate.name === name)
  const [, last] = server.signals
  const state = readState()
  await stopServer(server, state, atOnce ? [last, last] : server.signals)
  // A child of a killed server holds its ports for a moment longer; it is to come back to the same ones.
  for (const port of Object.values(state.servers[name]?.ports ?? {})) await waitUntil(() => isFree(port), 10_000)
}

/**
 * Removes all that the servers kept, but not the lock: somebody may be waiting for it. Call it with the lock held.
 * @returns {void}
 */
export function purgePrivate() {
  const entries = readdirSync(FOLDER).filter((name) => !name.startsWith('lock'))
  for (const name of entries) rmSync(join(FOLDER, name), { recursive: true, force: true })
}

/**
 * Whether a private server runs and answers.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export async function isPrivateUp(name) {
  const state = readState()
  const server = SERVERS.find((candidate) => candidate.name === name)
  const ports = state.servers[name]?.ports
  return Boolean(ports && runningPid(server, state) && (await server.answers(ports)) === '')
}
