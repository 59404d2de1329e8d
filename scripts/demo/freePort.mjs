import { createServer } from 'node:net'

/**
 * The given port, or any free one if it is in use.
 * @param {number} port
 * @returns {Promise<number>}
 */
export function freePort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => (port === 0 ? reject(new Error('no free port')) : resolve(freePort(0))))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}
