import type { AddressInfo, Server } from 'node:net'

/**
 * Starts listening on a host and port.
 *
 * @param prefix of the variables with the host and the port: `<prefix>_HOST` and `<prefix>_PORT`
 * @param port 0: any free port
 * @throws Error naming the variable to change
 */
export async function listenOn(server: Server, prefix: string, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, prefix, host, port)))
    server.listen(port, host, resolve)
  })
}

function explainListening(error: NodeJS.ErrnoException, prefix: string, host: string, port: number): Error {
  const cause = error
  const [HOST, PORT] = [`${prefix}_HOST`, `${prefix}_PORT`]
  if (error.code === 'EADDRINUSE') {
    const message = `${PORT} ${port} is already in use on ${host}: set another port, or stop the program that listens there`
    return new Error(message, { cause })
  }
  if (error.code === 'EACCES') {
    return new Error(`${PORT} ${port} is not permitted for this user: set a port above 1023`, { cause })
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`${HOST} ${host} is not an address of this machine: set one of its addresses, or 127.0.0.1`, {
      cause,
    })
  }
  return error
}

/** The URL of a listening server. IPv6 addresses are bracketed. */
export function urlOf(protocol: 'http' | 'https', address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address)
  return `${protocol}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
