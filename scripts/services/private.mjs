import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled } from './packages.mjs'
import { FOLDER } from './paths.mjs'
import { choosePorts, isFree } from './ports.mjs'
import { postgres, setFsync } from './postgres.mjs'
import { belongsTo, send, waitUntil } from './process.mjs'
import { rabbitmq } from './rabbitmq.mjs'
import { redis } from './redis.mjs'
import { note, ServicesError } from './report.mjs'
import { logTail } from './run.mjs'
import { readState, rememberedPorts, writeState } from './state.mjs'

/** @typedef {import('./state.mjs').ServerName} ServerName */
/** @typedef {import('./state.mjs').State} State */
/** @typedef {import('./urls.mjs').Ports} Ports */

/**
 * What differs between the three kinds of servers.
 * @typedef {object} Server
 * @property {ServerName} name
 * @property {string} label
 * @property {string} program how its process's command begins
 * @property {string} folder its part of the data folder
 * @property {string} log
 * @property {string[]} portNames
 * @property {number} startTimeoutSeconds
 * @property {[NodeJS.Signals, NodeJS.Signals]} signals for an orderly stop, and to kill it
 * @property {() => boolean} isInstalled
 * @property {() => number | undefined} pid as in its pid file
 * @property {(ports?: Ports) => Promise<void>} beforeStart cleans up after a killed server
 * @property {(ports: Ports) => Promise<import('./run.mjs').Started>} start
 * @property {(ports: Ports) => Promise<string>} probe the problem, or an empty string
 * @property {(ports?: Ports) => Promise<void>} afterStop
 */

/** @type {Record<ServerName, Server>} */
const SERVERS = { postgres, redis, rabbitmq }

/**
 * The pid of a private server that is alive. The pid file comes first: after an interrupted start the state is out of
 * date.
 * @param {Server} server
 * @param {State} state
 * @returns {number | undefined}
 */
function runningPid(server, state) {
  const candidates = [server.pid(), state.servers[server.name]?.pid]
  return candidates.find((pid) => belongsTo(pid, server.program, server.folder))
}

/**
 * Waits until a running server answers, for as long as a start may take.
 * @param {Server} server
 * @param {Ports} ports
 */
async function becomesReady(server, ports) {
  if ((await server.probe(ports)) === '') return true
  note(`${server.label}: waiting for the running server to answer`)
  return waitUntil(async () => (await server.probe(ports)) === '', server.startTimeoutSeconds * 1000)
}

/**
 * @param {Server} server
 * @param {State} state
 */
async function isUsable(server, state) {
  if (!runningPid(server, state)) return false
  const ports = state.servers[server.name]?.ports
  if (ports && (await becomesReady(server, ports))) return true
  note(`${server.label}: the running server does not answer; restarting it`)
  await stopServer(server, state)
  return false
}

/**
 * @param {Server} server
 * @param {Ports} ports
 */
async function startServer(server, ports) {
  const startedAt = Date.now()
  const { pid, failure } = await server.start(ports)
  const decided = async () => failure() !== '' || (await server.probe(ports)) === ''
  const inTime = await waitUntil(decided, server.startTimeoutSeconds * 1000)
  if (!inTime || failure()) {
    const reason = failure() || `did not answer within ${server.startTimeoutSeconds} s`
    throw new ServicesError(`${server.label} ${reason}; the end of ${server.log}:\n${logTail(server.log)}`)
  }
  note(`${server.label}: up after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  return server.pid() ?? pid
}

/**
 * @param {Server[]} servers
 * @param {State} state
 */
async function prepare(servers, state) {
  const taken = rememberedPorts(state)
  for (const server of servers) {
    const before = state.servers[server.name]?.ports
    await server.beforeStart(before)
    state.servers[server.name] = { ports: await choosePorts(server.portNames, before, taken) }
  }
  // Written before anything starts, so that the servers of an interrupted start can be found again.
  writeState(state)
}

/**
 * Starts those of the given servers that are not running, concurrently. The caller holds the lock.
 * @param {ServerName[]} names
 * @returns {Promise<boolean>} whether any had to be started
 */
export async function startPrivate(names) {
  /** @type {State} */
  const state = { ...readState(), how: 'private' }
  const required = names.map((name) => SERVERS[name])
  const usable = await Promise.all(required.map((server) => isUsable(server, state)))
  const missing = required.filter((_, index) => !usable[index])
  if (missing.length === 0) return false
  await ensureInstalled(missing)
  await prepare(missing, state)
  note(`starting ${missing.map((server) => server.label).join(', ')} in ${FOLDER}`)
  const starts = await Promise.allSettled(
    missing.map(async (server) => {
      const entry = state.servers[server.name]
      if (entry) entry.pid = await startServer(server, entry.ports)
    }),
  )
  writeState(state)
  const failed = starts.find((start) => start.status === 'rejected')
  if (failed) throw failed.reason
  return true
}

/**
 * @param {Server} server
 * @param {State} state
 * @returns {Promise<string[]>} its label, if it was running
 */
async function stopServer(server, state, signals = server.signals) {
  const pid = runningPid(server, state)
  if (pid) {
    const ended = () => !belongsTo(pid, server.program, server.folder)
    send(pid, signals[0])
    if (!(await waitUntil(ended, 60_000))) send(pid, signals[1])
    if (!(await waitUntil(ended, 20_000))) throw new ServicesError(`${server.label}: process ${pid} does not end`)
  }
  await server.afterStop(state.servers[server.name]?.ports)
  return pid ? [server.label] : []
}

/**
 * Stops the private servers and waits until they have ended. The caller holds the lock.
 * @returns {Promise<string[]>} the labels of those that were running
 */
export async function stopPrivate() {
  const state = readState()
  const stopped = await Promise.all(Object.values(SERVERS).map((server) => stopServer(server, state)))
  for (const entry of Object.values(state.servers)) delete entry.pid
  if (Object.keys(state.servers).length > 0) writeState(state)
  return stopped.flat()
}

/**
 * Changes whether the private PostgreSQL waits for the disk. The caller holds the lock.
 * @param {boolean} fsync
 */
export function setPrivateFsync(fsync) {
  const state = readState()
  const ports = state.servers.postgres?.ports
  if (state.how === 'private' && ports) setFsync(ports, fsync)
}

/**
 * Stops one private server and waits until it has ended.
 * @param {ServerName} name
 * @param {boolean} immediately without a clean shutdown, as in a crash
 * @returns {Promise<void>}
 */
export async function stopPrivateServer(name, immediately) {
  const server = SERVERS[name]
  const [, kill] = server.signals
  const state = readState()
  await stopServer(server, state, immediately ? [kill, kill] : server.signals)
  // A child process of a killed server can hold its ports a little longer; the restart needs the same ports.
  for (const port of Object.values(state.servers[name]?.ports ?? {})) await waitUntil(() => isFree(port), 10_000)
}

/**
 * Removes the servers' data, but not the lock: another process may be waiting for it. The caller holds the lock.
 * @returns {void}
 */
export function purgePrivate() {
  const entries = readdirSync(FOLDER).filter((name) => !name.startsWith('lock'))
  for (const name of entries) rmSync(join(FOLDER, name), { recursive: true, force: true })
}

/**
 * Whether a private server runs and answers.
 * @param {ServerName} name
 * @returns {Promise<boolean>}
 */
export async function isPrivateUp(name) {
  const state = readState()
  const server = SERVERS[name]
  const ports = state.servers[name]?.ports
  return Boolean(ports && runningPid(server, state) && (await server.probe(ports)) === '')
}
