import { join } from 'node:path'
import { probeNamed } from './named.mjs'
import { CHECKOUT, NAME } from './place.mjs'
import { choosePorts } from './ports.mjs'
import { waitUntil } from './process.mjs'
import { note, ServicesError } from './report.mjs'
import { lastLines, run } from './run.mjs'
import { readState, rememberedPorts, writeState } from './state.mjs'
import { ownUrls } from './urls.mjs'

const PORTS = { postgres: ['main'], redis: ['main'], rabbitmq: ['amqp', 'management'] }
// Long enough for the images to be fetched over a slow line.
const START_MILLISECONDS = 15 * 60_000

function composeEnv(servers) {
  const ports = {
    STACKTACH_POSTGRES_PORT: servers.postgres?.ports.main,
    STACKTACH_REDIS_PORT: servers.redis?.ports.main,
    STACKTACH_AMQP_PORT: servers.rabbitmq?.ports.amqp,
    STACKTACH_AMQP_MANAGEMENT_PORT: servers.rabbitmq?.ports.management,
  }
  const given = Object.entries(ports).filter(([, port]) => port)
  return { ...process.env, ...Object.fromEntries(given.map(([name, port]) => [name, String(port)])) }
}

function compose(servers, ...args) {
  const file = join(CHECKOUT, 'docker-compose.yml')
  return run('docker', ['compose', '--project-name', NAME, '--file', file, ...args], {
    cwd: CHECKOUT,
    env: composeEnv(servers),
    timeout: START_MILLISECONDS,
  })
}

/**
 * Whether a Docker engine answers and has the compose plugin.
 * @returns {Promise<boolean>}
 */
export async function hasDocker() {
  const options = { timeout: 10_000 }
  const answers = await Promise.all([run('docker', ['info'], options), run('docker', ['compose', 'version'], options)])
  return answers.every(({ ok }) => ok)
}

/**
 * The services of this checkout's project whose containers run.
 * @returns {Promise<string[]>}
 */
export async function runningInDocker() {
  const { ok, stdout } = await compose({}, 'ps', '--services', '--status', 'running')
  return ok ? stdout.split('\n').filter(Boolean) : []
}

/**
 * Starts the given servers as containers and waits until they are healthy. Call it with the lock held.
 * @param {string[]} names
 * @returns {Promise<boolean>} whether any had to be started
 */
export async function startDocker(names) {
  const state = { ...readState(), how: 'docker' }
  const running = await runningInDocker()
  const missing = names.filter((name) => !running.includes(name) || !state.servers[name])
  const taken = rememberedPorts(state)
  // A running container without remembered ports gets new ones: compose then makes it anew, with its old data.
  for (const name of missing) {
    state.servers[name] = { ports: await choosePorts(PORTS[name], state.servers[name]?.ports, taken) }
  }
  writeState(state)
  if (missing.length > 0) note(`starting ${missing.join(', ')} with Docker as project ${NAME}`)
  const { ok, output } = await compose(state.servers, 'up', '--detach', '--wait', ...names)
  const reason = ok ? await outOfReach(state, names) : lastLines(output)
  if (!reason) return missing.length > 0
  await compose(state.servers, 'down')
  throw new ServicesError(`docker compose up failed:\n${reason}`)
}

/** What keeps us from the containers, if anything does: the engine may be on another machine than this. */
async function outOfReach(state, names) {
  const servers = Object.fromEntries(names.map((name) => [name, state.servers[name]]))
  let reason = ''
  const answers = async () => {
    const asked = Object.entries(ownUrls({ ...state, servers })).map(([variable, url]) => probeNamed(variable, url))
    reason = (await Promise.all(asked)).find(Boolean) ?? ''
    return reason === ''
  }
  await waitUntil(answers, 10_000)
  return reason && `healthy, but out of reach on 127.0.0.1 (${reason})`
}

/**
 * Stops the containers and removes them; their volumes too if wanted.
 * @param {boolean} purge
 * @returns {Promise<string[]>} the names of those that ran
 */
export async function stopDocker(purge) {
  const running = await runningInDocker()
  const { ok, output } = await compose(readState().servers, 'down', ...(purge ? ['--volumes'] : []))
  if (!ok) throw new ServicesError(`docker compose down failed:\n${lastLines(output)}`)
  return running
}

/**
 * Stops one container, which keeps its data and its ports.
 * @param {string} name
 * @param {boolean} atOnce as in a crash
 * @returns {Promise<void>}
 */
export async function stopContainer(name, atOnce) {
  const { ok, output } = await compose(readState().servers, atOnce ? 'kill' : 'stop', name)
  if (!ok) throw new ServicesError(`docker compose could not stop ${name}:\n${lastLines(output)}`)
}
