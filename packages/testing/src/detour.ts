import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy in front of a server, which simulates a failing network or a server that stops and starts. */
export interface Detour {
  /** The server's URL, with the proxy's host and port. */
  url: string
  /** Starts to accept connections. */
  open(): Promise<void>
  /** Closes all connections, and refuses new ones. */
  shut(): Promise<void>
  /** Closes all connections, and accepts new ones. */
  cut(): void
  /**
   * Stops forwarding: all connections stay open but silent, and neither side sees the other's end. New connections are
   * accepted and not forwarded either, until `thaw`.
   */
  freeze(): void
  /** Forwards new connections again. Frozen connections stay frozen. */
  thaw(): void
  /** Closes frozen connections. */
  cutFrozen(): void
}

/** A client's connection and the one to the server. */
interface Pair {
  client: Socket
  upstream: Socket
}

/** A proxy to the server of a URL; it refuses connections until `open`. */
export async function detour(url: string): Promise<Detour> {
  const target = new URL(url)
  const pairs = new Set<Pair>()
  const frozenPairs = new Set<Pair>()
  const port = await freePort()
  let server: Server | undefined
  let frozen = false
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(port)

  const accept = (client: Socket) => {
    const pair = { client, upstream: createConnection(Number(target.port), target.hostname) }
    pairs.add(pair)
    for (const socket of [pair.client, pair.upstream]) {
      socket.on('error', () => socket.destroy())
      socket.on('close', () => drop(pair))
    }
    client.pipe(pair.upstream).pipe(client)
    if (frozen) freeze(pair)
  }
  const drop = (pair: Pair) => {
    if (!pairs.delete(pair)) return
    frozenPairs.delete(pair)
    pair.client.destroy()
    pair.upstream.destroy()
  }
  const freeze = (pair: Pair) => {
    frozenPairs.add(pair)
    const { client, upstream } = pair
    client.unpipe()
    upstream.unpipe()
    // A paused socket does not report that its peer has closed.
    client.pause()
    upstream.pause()
  }
  const cut = () => {
    for (const pair of [...pairs]) drop(pair)
  }

  return {
    url: proxied.href,
    open: () =>
      new Promise((resolve) => {
        server = createServer(accept).listen(port, '127.0.0.1', resolve)
      }),
    shut: () =>
      new Promise((resolve) => {
        cut()
        if (server === undefined) return resolve()
        server.close(() => resolve())
        server = undefined
      }),
    cut,
    freeze() {
      frozen = true
      for (const pair of pairs) freeze(pair)
    },
    thaw() {
      frozen = false
    },
    cutFrozen() {
      for (const pair of [...frozenPairs]) drop(pair)
    },
  }
}

/** A port on which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
