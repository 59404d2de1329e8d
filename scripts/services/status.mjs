import { runningInDocker } from './docker.mjs'
import { defaultManagementUrl, namedServers, probeNamed, VARIABLES, withoutPassword } from './named.mjs'
import { isPrivateUp } from './private.mjs'
import { readState, SERVER_NAMES } from './state.mjs'
import { ownUrls } from './urls.mjs'

/** @typedef {import('./state.mjs').ServerName} ServerName */
/** @typedef {import('./state.mjs').State} State */
/** @typedef {import('./named.mjs').Variable} Variable */
/** @typedef {import('./named.mjs').Addresses} Addresses */

/**
 * One line of the status table.
 * @typedef {object} ServerStatus
 * @property {string} server
 * @property {'environment' | 'docker' | 'private' | '-'} how
 * @property {string} address without password
 * @property {boolean} up
 * @property {boolean} required false for a management plugin whose address is only assumed
 */

/** @typedef {ServerStatus & { url: string }} StatusWithUrl */

/**
 * @param {ServerName} name
 * @param {State['how']} how
 * @param {Variable} variable
 * @param {string} url
 */
async function isOwnUp(name, how, variable, url) {
  if (how === 'private') return isPrivateUp(name)
  return (await runningInDocker()).includes(name) && (await probeNamed(variable, url)) === ''
}

/**
 * @param {ServerName} name
 * @param {Variable} variable
 * @param {string} label
 * @param {Addresses} named
 * @param {State} state
 * @returns {Promise<StatusWithUrl>}
 */
async function statusOf(name, variable, label, named, state) {
  const url = named[variable] ?? ownUrls(state)[variable] ?? ''
  if (named[variable]) {
    const up = (await probeNamed(variable, url)) === ''
    return { server: label, how: 'environment', address: withoutPassword(url), up, required: true, url }
  }
  if (!url || !state.how) return { server: label, how: '-', address: '-', up: false, required: true, url: '' }
  const up = await isOwnUp(name, state.how, variable, url)
  return { server: label, how: state.how, address: withoutPassword(url), up, required: true, url }
}

/**
 * @param {Addresses} named
 * @param {State} state
 * @returns {Promise<StatusWithUrl>}
 */
async function managementStatus(named, state) {
  const assumed = Boolean(named.AMQP_URL && !named.AMQP_MANAGEMENT_URL)
  const all = assumed ? { ...named, AMQP_MANAGEMENT_URL: defaultManagementUrl(named.AMQP_URL ?? '') } : named
  return { ...(await statusOf('rabbitmq', 'AMQP_MANAGEMENT_URL', 'management', all, state)), required: !assumed }
}

/**
 * The state of all servers, without starting or stopping any.
 * @param {{ env?: Record<string, string | undefined> }} [options] env: the environment that may name servers
 * @returns {Promise<{ servers: ServerStatus[], allUp: boolean, env: import('./index.mjs').ServicesEnv }>} env is
 *   complete only if allUp
 */
export async function servicesStatus({ env = process.env } = {}) {
  const state = readState()
  const named = namedServers(env, ownUrls(state))
  const [servers, management] = await Promise.all([
    Promise.all(SERVER_NAMES.map((name) => statusOf(name, VARIABLES[name], name, named, state))),
    managementStatus(named, state),
  ])
  const [postgres, redis, rabbitmq] = servers
  const all = [...servers, management]
  return {
    servers: all.map(({ url, ...status }) => status),
    allUp: all.every(({ up, required }) => up || !required),
    env: {
      DATABASE_URL: postgres?.url ?? '',
      REDIS_URL: redis?.url ?? '',
      AMQP_URL: rabbitmq?.url ?? '',
      AMQP_MANAGEMENT_URL: management.url,
    },
  }
}
