import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/**
 * Where to connect to: a host and port, optionally with TLS, or the path of a Unix socket.
 * @typedef {{ host: string, port: number, tls?: boolean } | { path: string }} Target
 * @typedef {{ send: (data: Buffer | string) => void, read: () => Promise<Buffer> }} Connection
 */

const TIMEOUT_MS = 3000

/** @param {Target} target */
function open(target) {
  if ('path' in target) return connect({ path: target.path })
  const { host, port, tls } = target
  if (!tls) return connect({ host, port })
  // An IP address is not allowed as server name.
  return connectTls({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host })
}

/**
 * @param {object} error
 * @returns {string}
 */
function describe(error) {
  // Node tries all addresses of a name and collects their errors.
  const { message, errors } = /** @type {{ message?: string, errors?: object[] }} */ (error)
  if (errors?.[0] !== undefined) return describe(errors[0])
  return (message || String(error)).replace(/\s+/g, ' ').trim()
}

/**
 * Connects to a server, runs `talk` with a timeout, and closes the connection.
 * @param {Target} target
 * @param {(connection: Connection) => Promise<string>} talk returns the problem, or an empty string
 * @returns {Promise<string>} the problem, or an empty string
 */
export function converse(target, talk) {
  return new Promise((resolve) => {
    const socket = open(target)
    /** @param {string} reason */
    const end = (reason) => {
      socket.destroy()
      resolve(reason)
    }
    socket.setTimeout(TIMEOUT_MS, () => end('timed out'))
    socket.on('error', (error) => end(describe(error)))
    socket.on('close', () => end('the server closed the connection without an answer'))
    socket.once('tls' in target && target.tls ? 'secureConnect' : 'connect', () => {
      /** @type {Connection} */
      const connection = {
        send: (data) => socket.write(data),
        read: () => new Promise((received) => socket.once('data', received)),
      }
      talk(connection).then(end, (error) => end(describe(error)))
    })
  })
}
