import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A port of its own through which a server is reached, and which can be disturbed: a network that fails, or a server that goes away and comes back. */
export interface Detour {
  /** The URL given, by way of the port. */
  url: string
  /** Lets connections through from now on. */
  open(): Promise<void>
  /** Cuts every connection, and lets none through from now on. */
  shut(): Promise<void>
  /** Cuts every connection there is; new ones are let through. */
  cut(): void
  /**
   * Leaves every connection half open: none of it is forwarded any more, not even its end, and neither side is told. New
   * ones are taken and not forwarded either, until `thaw`.
   */
  freeze(): void
  /** New connections are let through again. Those that were frozen stay as they are. */
  thaw(): void
  /** Cuts those that were frozen. */
  cutFrozen(): void
}

/** One connection of each side. */
interface Pair {
  client: Socket
  upstream: Socket
}

/** A detour to the server of a URL, shut at first. */
export async function detour(url: string): Promise<Detour> {
  const target = new URL(url)
  const pairs = new Set<Pair>()
  const still = new Set<Pair>()
  const port = await freePort()
  let server: Server | undefined
  let frozen = false
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String(port)

  const take = (client: Socket) => {
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
    still.delete(pair)
    pair.client.destroy()
    pair.upstream.destroy()
  }
  const freeze = (pair: Pair) => {
    still.add(pair)
    const { client, upstream } = pair
    client.unpipe()
    upstream.unpipe()
    // A socket that nobody reads from does not learn of its end either.
    client.pause()
    upstream.pause()
  }
  const cut = () => {
    for (const pair of [...pairs]) drop(pair)
  }

  return {
    url: own.href,
    open: () =>
      new Promise((resolve) => {
        server = createServer(take).listen(port, '127.0.0.1', resolve)
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
      for (const pair of [...still]) drop(pair)
    },
  }
}

/** A port that nobody listens on. */
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
