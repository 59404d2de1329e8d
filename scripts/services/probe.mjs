import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { converse } from './socket.mjs'

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const AMQP_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')

/** @param {URL} url */
const userOf = (url) => decodeURIComponent(url.username)
/** @param {URL} url */
const passwordOf = (url) => decodeURIComponent(url.password)
/** @param {URL} url */
const hostOf = (url) => url.hostname.replace(/^\[|\]$/g, '') || 'localhost'

/** @param {URL} url */
function postgresTarget(url) {
  const port = Number(url.port || url.searchParams.get('port') || 5432)
  const host = url.searchParams.get('host') || decodeURIComponent(hostOf(url))
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

/** @param {URL} url */
function startupMessage(url) {
  const user = userOf(url) || 'postgres'
  const database = decodeURIComponent(url.pathname.slice(1)) || user
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0database\0${database}\0\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([length, body])
}

/**
 * Checks that a PostgreSQL server accepts connections. If it requires TLS, nothing further is checked.
 * @param {URL} url
 * @returns {Promise<string>} the problem, or an empty string
 */
export function probePostgres(url) {
  return converse(postgresTarget(url), async ({ send, read }) => {
    send(SSL_REQUEST)
    const first = (await read()).toString('latin1')
    if (first === 'S') return ''
    if (first !== 'N') return 'not a PostgreSQL server'
    send(startupMessage(url))
    const answer = (await read()).toString('latin1')
    // cannot_connect_now: the server rejects connections while it starts, recovers or stops.
    return answer.startsWith('E') && answer.includes('57P03') ? 'the server is starting or stopping' : ''
  })
}

/** @param {...string} words */
function redisCommand(...words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/**
 * Checks that a Redis server answers PING, after AUTH if the address has a password.
 * @param {URL} url
 * @returns {Promise<string>} the problem, or an empty string
 */
export function probeRedis(url) {
  const target = { host: hostOf(url), port: Number(url.port || 6379), tls: url.protocol === 'rediss:' }
  return converse(target, async ({ send, read }) => {
    if (url.password) {
      send(redisCommand(...['AUTH', userOf(url), passwordOf(url)].filter(Boolean)))
      const answer = (await read()).toString().trim()
      if (!answer.startsWith('+OK')) return answer.replace(/^-/, '')
    }
    send(redisCommand('PING'))
    const answer = (await read()).toString().trim()
    return answer.startsWith('+PONG') ? '' : answer.replace(/^-/, '')
  })
}

/**
 * Opens an AMQP 0-9-1 connection; the server's first frame must be a method on channel 0.
 * @param {URL} url
 * @returns {Promise<string>} the problem, or an empty string
 */
export function probeAmqp(url) {
  const tls = url.protocol === 'amqps:'
  const target = { host: hostOf(url), port: Number(url.port || (tls ? 5671 : 5672)), tls }
  return converse(target, async ({ send, read }) => {
    send(AMQP_HEADER)
    const answer = await read()
    return answer[0] === 1 && answer[1] === 0 && answer[2] === 0 ? '' : 'not an AMQP 0-9-1 server'
  })
}

/**
 * Checks that RabbitMQ's management plugin answers.
 * @param {URL} url
 * @returns {Promise<string>} the problem, or an empty string
 */
export function probeManagement(url) {
  const open = url.protocol === 'https:' ? requestTls : request
  const path = `${url.pathname.replace(/\/$/, '')}/api/overview`
  const auth = `${userOf(url)}:${passwordOf(url)}`
  return new Promise((resolve) => {
    const call = open({ host: hostOf(url), port: url.port, path, auth, timeout: 3000, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200 ? '' : `HTTP status ${response.statusCode}`)
    })
    call.on('timeout', () => call.destroy(new Error('timed out')))
    call.on('error', (error) => resolve(error.message || String(error)))
    call.end()
  })
}
