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
  /** New connections are let through again. Those that were frozen stay as they are until `cut`. */
  thaw(): void
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
    if (frozen) still(pair)
  }
  const drop = (pair: Pair) => {
    if (!pairs.delete(pair)) return
    pair.client.destroy()
    pair.upstream.destroy()
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
      for (const pair of pairs) still(pair)
    },
    thaw() {
      frozen = false
    },
  }
}

/** A socket that nobody reads from does not learn of its end either. */
function still({ client, upstream }: Pair): void {
  client.unpipe()
  upstream.unpipe()
  client.pause()
  upstream.pause()
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
