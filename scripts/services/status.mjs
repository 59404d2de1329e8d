import { runningInDocker } from './docker.mjs'
import { defaultManagementUrl, namedServers, probeNamed, VARIABLES, withoutPassword } from './named.mjs'
import { isPrivateUp } from './private.mjs'
import { readState } from './state.mjs'
import { ownUrls } from './urls.mjs'

/**
 * One line of the status table.
 * @typedef {object} ServerStatus
 * @property {string} server
 * @property {'environment' | 'docker' | 'private' | '-'} how
 * @property {string} address without password
 * @property {boolean} up
 * @property {boolean} required false for a management plugin that nobody promised
 */

async function ownUp(name, how, variable, url) {
  if (how === 'private') return isPrivateUp(name)
  return (await runningInDocker()).includes(name) && (await probeNamed(variable, url)) === ''
}

async function statusOf(name, variable, label, named, state) {
  const url = named[variable] ?? ownUrls(state)[variable]
  if (named[variable]) {
    const up = (await probeNamed(variable, url)) === ''
    return { server: label, how: 'environment', address: withoutPassword(url), up, required: true, url }
  }
  if (!url) return { server: label, how: '-', address: '-', up: false, required: true, url: '' }
  const up = await ownUp(name, state.how, variable, url)
  return { server: label, how: state.how, address: withoutPassword(url), up, required: true, url }
}

async function managementStatus(named, state) {
  const variable = 'AMQP_MANAGEMENT_URL'
  const guessed = named.AMQP_URL && !named[variable]
  const all = guessed ? { ...named, [variable]: defaultManagementUrl(named.AMQP_URL) } : named
  return { ...(await statusOf('rabbitmq', variable, 'management', all, state)), required: !guessed }
}

/**
 * How things are, without starting or stopping anything.
 * @param {{ env?: Record<string, string | undefined> }} [options] env: where to look for named servers
 * @returns {Promise<{ servers: ServerStatus[], allUp: boolean, env: import('./index.mjs').ServicesEnv }>} the addresses
 *   in env are all there only if allUp
 */
export async function servicesStatus({ env = process.env } = {}) {
  const state = readState()
  const named = namedServers(env, ownUrls(state))
  const found = await Promise.all([
    ...Object.entries(VARIABLES).map(([name, variable]) => statusOf(name, variable, name, named, state)),
    managementStatus(named, state),
  ])
  const variables = [...Object.values(VARIABLES), 'AMQP_MANAGEMENT_URL']
  return {
    servers: found.map(({ url, ...shown }) => shown),
    allUp: found.every(({ up, required }) => up || !required),
    env: Object.fromEntries(variables.map((variable, index) => [variable, found[index].url])),
  }
}
