import { createServer } from 'node:net'

/** The port, or one that is free when somebody has it. */
export function freePort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => (port === 0 ? reject(new Error('no port is free')) : resolve(freePort(0))))
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address()
      server.close(() => resolve(found))
    })
  })
}
