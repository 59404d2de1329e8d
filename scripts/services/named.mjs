import { probeAmqp, probeManagement, probePostgres, probeRedis } from './probe.mjs'
import { ServicesError } from './report.mjs'

/**
 * The environment variables that may name a server.
 * @typedef {'DATABASE_URL' | 'REDIS_URL' | 'AMQP_URL' | 'AMQP_MANAGEMENT_URL'} Variable
 * @typedef {Partial<Record<Variable, string>>} Addresses
 */

/** @type {Record<string, { protocols: string[], probe: (url: URL) => Promise<string> }>} */
const KINDS = {
  DATABASE_URL: { protocols: ['postgres:', 'postgresql:'], probe: probePostgres },
  REDIS_URL: { protocols: ['redis:', 'rediss:'], probe: probeRedis },
  AMQP_URL: { protocols: ['amqp:', 'amqps:'], probe: probeAmqp },
  AMQP_MANAGEMENT_URL: { protocols: ['http:', 'https:'], probe: probeManagement },
}

/**
 * The variable of each server.
 * @type {Record<import('./state.mjs').ServerName, Variable>}
 */
export const VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', rabbitmq: 'AMQP_URL' }

/**
 * The usual address of RabbitMQ's management plugin.
 * @param {string} amqpUrl
 * @returns {string}
 */
export function defaultManagementUrl(amqpUrl) {
  const { hostname, username, password } = new URL(amqpUrl)
  return `http://${username || 'guest'}:${password || 'guest'}@${hostname || 'localhost'}:15672`
}

/**
 * The servers that the environment names. The address of our own server, as `env` prints it, does not count: in a shell
 * that has evaluated it, the server is still ours to start.
 * @param {Record<string, string | undefined>} env
 * @param {Addresses} own
 * @returns {Addresses}
 */
export function namedServers(env, own) {
  /** @type {Addresses} */
  const named = {}
  for (const variable of Object.values(VARIABLES)) {
    const url = env[variable]
    if (url && url !== own[variable]) named[variable] = url
  }
  const management = env.AMQP_MANAGEMENT_URL
  if (named.AMQP_URL && management && management !== own.AMQP_MANAGEMENT_URL) named.AMQP_MANAGEMENT_URL = management
  return named
}

/**
 * Checks that the server at an address answers as the variable's kind of server.
 * @param {string} variable
 * @param {string} address
 * @returns {Promise<string>} the problem, or an empty string
 */
export async function probeNamed(variable, address) {
  const kind = KINDS[variable]
  if (!kind) throw new Error(`${variable} does not name a server`)
  if (!URL.canParse(address)) return 'not a URL'
  const url = new URL(address)
  if (!kind.protocols.includes(url.protocol)) return `does not begin with ${kind.protocols[0]}//`
  return kind.probe(url)
}

/**
 * Checks that every named server answers; none is ever started in its place.
 * @param {Addresses} named
 * @returns {Promise<void>}
 * @throws {ServicesError} for the first that does not answer
 */
export async function requireNamed(named) {
  for (const [variable, address] of Object.entries(named)) {
    const reason = await probeNamed(variable, address)
    if (reason)
      throw new ServicesError(
        `${variable} is set, but its server does not answer (${withoutPassword(address)}: ${reason})`,
      )
  }
}

/**
 * An address without its password, to be printed.
 * @param {string} address
 * @returns {string}
 */
export function withoutPassword(address) {
  if (!URL.canParse(address)) return 'not a URL'
  const url = new URL(address)
  // `user:password@host` parses as a URL with the scheme `user:`.
  if (url.pathname !== '' && !url.pathname.startsWith('/')) return 'not a URL'
  const login = url.username ? `${url.username}@` : ''
  return `${url.protocol}//${login}${url.host}${url.pathname === '/' ? '' : url.pathname}`
}
