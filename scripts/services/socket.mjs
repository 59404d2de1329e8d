import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/**
 * Where to connect to: a host and port, perhaps with TLS, or the path of a Unix socket.
 * @typedef {{ host?: string, port?: number, tls?: boolean, path?: string }} Target
 * @typedef {{ send: (data: Buffer | string) => void, read: () => Promise<Buffer> }} Line
 */

const TIMEOUT = 3000

function open({ host, port, path, tls }) {
  if (path) return connect({ path })
  if (!tls) return connect({ host, port })
  // A server name may not be an address.
  return connectTls({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host })
}

function describe(error) {
  // Node tries all addresses of a name and hides the reasons one level down.
  const message = error.errors?.[0]?.message || error.message || error.code
  return message.replace(/\s+/g, ' ').trim()
}

/**
 * Talks to a server for at most a few seconds, then hangs up.
 * @param {Target} target
 * @param {(line: Line) => Promise<string>} talk gives what is wrong with the server's answers, or an empty string
 * @returns {Promise<string>} what is wrong, or an empty string
 */
export function converse(target, talk) {
  return new Promise((resolve) => {
    const socket = open(target)
    const end = (reason) => {
      socket.destroy()
      resolve(reason)
    }
    socket.setTimeout(TIMEOUT, () => end('no answer in time'))
    socket.on('error', (error) => end(describe(error)))
    socket.on('close', () => end('the connection was closed without an answer'))
    socket.once(target.tls ? 'secureConnect' : 'connect', () => {
      const line = { send: (data) => socket.write(data), read: () => new Promise((got) => socket.once('data', got)) }
      talk(line).then(end, (error) => end(describe(error)))
    })
  })
}
