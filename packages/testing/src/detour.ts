import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A port of its own through which a server is reached, and which can be shut and opened: a server that goes away and comes back. */
export interface Detour {
  /** The URL given, by way of the port. */
  url: string
  /** Lets connections through from now on. */
  open(): Promise<void>
  /** Cuts every connection, and lets none through from now on. */
  shut(): Promise<void>
}

/** A detour to the server of a URL, shut at first. */
export async function detour(url: string): Promise<Detour> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const port = await freePort()
  let server: Server | undefined
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String(port)
  return {
    url: own.href,
    open: () =>
      new Promise((resolve) => {
        server = createServer((client) => {
          const upstream = createConnection(Number(target.port), target.hostname)
          for (const socket of [client, upstream]) {
            sockets.add(socket)
            socket.on('close', () => sockets.delete(socket))
            socket.on('error', () => socket.destroy())
          }
          client.pipe(upstream).pipe(client)
        }).listen(port, '127.0.0.1', resolve)
      }),
    shut: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        if (server === undefined) return resolve()
        server.close(() => resolve())
        server = undefined
      }),
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
