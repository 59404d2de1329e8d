import { readFileSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

/** A self-signed certificate for localhost and 127.0.0.1, and its key. Used in tests only, so the key is not a secret. */
export const testCertificate = {
  cert: fileURLToPath(new URL('../tls/cert.pem', import.meta.url)),
  key: fileURLToPath(new URL('../tls/key.pem', import.meta.url)),
}

/** A TLS listener in front of a server. */
export interface TlsFront {
  port: number
  /** Completed TLS handshakes. */
  secured(): number
  stop(): Promise<void>
}

/** The SSLRequest message with which a PostgreSQL client starts. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Listens with the test certificate and forwards to the server of a URL. Connections without TLS are refused. */
export async function tlsFront(target: string): Promise<TlsFront> {
  const { hostname, port, protocol } = new URL(target)
  const certificate = { cert: readFileSync(testCertificate.cert), key: readFileSync(testCertificate.key) }
  const sockets = new Set<Socket>()
  let secured = 0
  const secure = (socket: Socket) => {
    const inner = new TLSSocket(socket, { isServer: true, ...certificate })
    const upstream = createConnection(Number(port), hostname)
    inner.on('secure', () => {
      secured++
    })
    for (const [socket, peer] of [
      [inner, upstream],
      [upstream, inner],
    ] as const) {
      socket.on('error', () => peer.destroy())
      socket.on('close', () => peer.destroy())
    }
    sockets.add(upstream)
    inner.pipe(upstream).pipe(inner)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    if (!protocol.startsWith('postgres')) return secure(socket)
    socket.once('data', (first) => {
      if (!first.equals(SSL_REQUEST)) return socket.destroy()
      socket.write('S')
      secure(socket)
    })
  })
  return {
    port: await listen(server),
    secured: () => secured,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('no port'))
    })
  })
}
