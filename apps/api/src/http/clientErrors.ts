import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { CONTENT_TYPE, errorRows } from './send.ts'

/** Milliseconds that a client which was refused while it still sends has to read why. */
const LINGER_MS = 2_000

/** Node's own answers to what never becomes a request of the application would have no body, or be none at all. */
export function handleClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    switch (error.code) {
      case 'HPE_HEADER_OVERFLOW':
        return refuse(socket, 431, 'The URL and the headers are longer than 16 KB')
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return refuse(socket, 408, 'The request took too long to arrive')
      default:
        return refuse(socket, 400, 'This is not a request that can be read')
    }
  })
  // CONNECT asks for a tunnel.
  server.on('connect', (_request: IncomingMessage, socket) => {
    refuse(socket, 405, 'CONNECT is not allowed here', 'Allow: GET, HEAD\r\n')
  })
  server.on('checkExpectation', (request: IncomingMessage) => {
    refuse(request.socket, 417, 'Nothing else than 100-continue can be expected')
  })
}

function refuse(socket: Duplex, status: number, message: string, headers = ''): void {
  if (!socket.writable) return
  const body = JSON.stringify(errorRows(status, message))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${CONTENT_TYPE}\r\nVary: Accept\r\n${headers}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  // Closing while there is something unread makes the kernel throw away the answer, too.
  socket.on('error', () => socket.destroy())
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
