import { probeAmqp, probeManagement, probePostgres, probeRedis } from './probe.mjs'
import { ServicesError } from './report.mjs'

/**
 * The variables by which the environment may name a server.
 * @typedef {'DATABASE_URL' | 'REDIS_URL' | 'AMQP_URL' | 'AMQP_MANAGEMENT_URL'} Variable
 */

const KINDS = {
  DATABASE_URL: { protocols: ['postgres:', 'postgresql:'], probe: probePostgres },
  REDIS_URL: { protocols: ['redis:', 'rediss:'], probe: probeRedis },
  AMQP_URL: { protocols: ['amqp:', 'amqps:'], probe: probeAmqp },
  AMQP_MANAGEMENT_URL: { protocols: ['http:', 'https:'], probe: probeManagement },
}

/** Which variable names which server. */
export const VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', rabbitmq: 'AMQP_URL' }

/**
 * Where a RabbitMQ usually has its management plugin.
 * @param {string} amqpUrl
 * @returns {string}
 */
export function defaultManagementUrl(amqpUrl) {
  const { hostname, username, password } = new URL(amqpUrl)
  return `http://${username || 'guest'}:${password || 'guest'}@${hostname || 'localhost'}:15672`
}

/**
 * The servers that the environment names. An address that is our own server's, as `env` prints it, names nothing: in a
 * shell that has evaluated it, the servers must still be ours to start.
 * @param {Record<string, string | undefined>} env
 * @param {Partial<Record<Variable, string>>} own
 * @returns {Partial<Record<Variable, string>>}
 */
export function namedServers(env, own) {
  const named = {}
  for (const variable of Object.values(VARIABLES)) {
    if (env[variable] && env[variable] !== own[variable]) named[variable] = env[variable]
  }
  if (named.AMQP_URL) {
    const given = env.AMQP_MANAGEMENT_URL
    if (given && given !== own.AMQP_MANAGEMENT_URL) named.AMQP_MANAGEMENT_URL = given
  }
  return named
}

/**
 * Asks a server that a variable names.
 * @param {Variable} variable
 * @param {string} value
 * @returns {Promise<string>} what is wrong, or an empty string
 */
export async function probeNamed(variable, value) {
  const { protocols, probe } = KINDS[variable]
  if (!URL.canParse(value)) return 'not a URL'
  const url = new URL(value)
  if (!protocols.includes(url.protocol)) return `not a ${protocols[0]}// URL`
  return probe(url)
}

/**
 * Fails on the first of these servers that does not answer; nothing is ever started in its place.
 * @param {Partial<Record<Variable, string>>} named
 * @returns {Promise<void>}
 */
export async function demandNamed(named) {
  for (const [variable, value] of Object.entries(named)) {
    const reason = await probeNamed(variable, value)
    if (reason)
      throw new ServicesError(
        `${variable} is set, but its server does not answer (${withoutPassword(value)}: ${reason})`,
      )
  }
}

/**
 * An address as it may be shown.
 * @param {string} value
 * @returns {string}
 */
export function withoutPassword(value) {
  if (!URL.canParse(value)) return 'no URL'
  const url = new URL(value)
  const login = url.username ? `${url.username}@` : ''
  return `${url.protocol}//${login}${url.host}${url.pathname === '/' ? '' : url.pathname}`
}
