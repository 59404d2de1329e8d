import { join } from 'node:path'
import { probeNamed } from './named.mjs'
import { CHECKOUT, NAME } from './paths.mjs'
import { choosePorts } from './ports.mjs'
import { waitUntil } from './process.mjs'
import { note, ServicesError } from './report.mjs'
import { lastLines, run } from './run.mjs'
import { readState, rememberedPorts, writeState } from './state.mjs'
import { ownUrls } from './urls.mjs'

/** @typedef {import('./state.mjs').ServerName} ServerName */
/** @typedef {import('./state.mjs').State} State */

/** @type {Record<ServerName, string[]>} */
const PORTS = { postgres: ['main'], redis: ['main'], rabbitmq: ['amqp', 'management'] }
// Long enough to pull the images over a slow line.
const START_TIMEOUT_MS = 15 * 60_000
const REACH_TIMEOUT_MS = 10_000

/** @param {State['servers']} servers */
function composeEnv(servers) {
  const ports = Object.entries({
    STACKTACH_POSTGRES_PORT: servers.postgres?.ports.main,
    STACKTACH_REDIS_PORT: servers.redis?.ports.main,
    STACKTACH_AMQP_PORT: servers.rabbitmq?.ports.amqp,
    STACKTACH_AMQP_MANAGEMENT_PORT: servers.rabbitmq?.ports.management,
  }).filter(([, port]) => port)
  return { ...process.env, ...Object.fromEntries(ports.map(([name, port]) => [name, String(port)])) }
}

/**
 * @param {State['servers']} servers
 * @param {...string} args
 */
function compose(servers, ...args) {
  const file = join(CHECKOUT, 'docker-compose.yml')
  return run('docker', ['compose', '--project-name', NAME, '--file', file, ...args], {
    cwd: CHECKOUT,
    env: composeEnv(servers),
    timeout: START_TIMEOUT_MS,
  })
}

/**
 * Whether a Docker engine answers and has the compose plugin.
 * @returns {Promise<boolean>}
 */
export async function hasDocker() {
  const options = { timeout: 10_000 }
  const results = await Promise.all([run('docker', ['info'], options), run('docker', ['compose', 'version'], options)])
  return results.every(({ ok }) => ok)
}

/**
 * The services of this checkout's compose project whose containers are running.
 * @returns {Promise<string[]>}
 */
export async function runningInDocker() {
  const { ok, stdout } = await compose({}, 'ps', '--services', '--status', 'running')
  return ok ? stdout.split('\n').filter(Boolean) : []
}

/**
 * Starts the given servers as containers and waits until they are healthy. The caller holds the lock.
 * @param {ServerName[]} names
 * @returns {Promise<boolean>} whether any had to be started
 */
export async function startDocker(names) {
  /** @type {State} */
  const state = { ...readState(), how: 'docker' }
  const running = await runningInDocker()
  const missing = names.filter((name) => !running.includes(name) || !state.servers[name])
  const taken = rememberedPorts(state)
  // A running container without recorded ports gets new ones: compose recreates it with its existing data.
  for (const name of missing) {
    state.servers[name] = { ports: await choosePorts(PORTS[name], state.servers[name]?.ports, taken) }
  }
  writeState(state)
  if (missing.length > 0) note(`starting ${missing.join(', ')} with Docker as project ${NAME}`)
  const { ok, output } = await compose(state.servers, 'up', '--detach', '--wait', ...names)
  const reason = ok ? await unreachable(state, names) : lastLines(output)
  if (!reason) return missing.length > 0
  await compose(state.servers, 'down')
  throw new ServicesError(`docker compose up failed:\n${reason}`)
}

/**
 * Why healthy containers cannot be reached from here, e.g. because the engine runs on another machine.
 * @param {State} state
 * @param {ServerName[]} names
 * @returns {Promise<string>} empty if all can be reached
 */
async function unreachable(state, names) {
  const servers = Object.fromEntries(names.map((name) => [name, state.servers[name]]))
  const urls = Object.entries(ownUrls({ ...state, servers }))
  let reason = ''
  const allReachable = async () => {
    const reasons = await Promise.all(urls.map(([variable, url]) => probeNamed(variable, url)))
    reason = reasons.find(Boolean) ?? ''
    return reason === ''
  }
  await waitUntil(allReachable, REACH_TIMEOUT_MS)
  return reason && `the containers are healthy but unreachable on 127.0.0.1 (${reason})`
}

/**
 * Stops and removes the containers.
 * @param {boolean} purge remove their volumes too
 * @returns {Promise<string[]>} the names of those that were running
 */
export async function stopDocker(purge) {
  const running = await runningInDocker()
  const { ok, output } = await compose(readState().servers, 'down', ...(purge ? ['--volumes'] : []))
  if (!ok) throw new ServicesError(`docker compose down failed:\n${lastLines(output)}`)
  return running
}

/**
 * Stops one container, which keeps its data and its ports.
 * @param {ServerName} name
 * @param {boolean} immediately without a clean shutdown, as in a crash
 * @returns {Promise<void>}
 */
export async function stopContainer(name, immediately) {
  const { ok, output } = await compose(readState().servers, immediately ? 'kill' : 'stop', name)
  if (!ok) throw new ServicesError(`docker compose could not stop ${name}:\n${lastLines(output)}`)
}
