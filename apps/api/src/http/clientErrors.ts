import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { CONTENT_TYPE, errorRows } from './send.ts'

/** Time that a rejected client has to read the response before its connection is closed. */
const LINGER_MS = 2_000

/**
 * Answers requests that do not reach the application with an error table. Node's own responses to these have no body, or
 * Node only closes the connection.
 */
export function handleClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    switch (error.code) {
      case 'HPE_HEADER_OVERFLOW':
        return reject(socket, 431, 'The URL and the headers are longer than 16 KB')
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return reject(socket, 408, 'The request took too long to arrive')
      default:
        return reject(socket, 400, 'The request is malformed')
    }
  })
  // Node passes CONNECT to this event instead of the application.
  server.on('connect', (_request: IncomingMessage, socket) => {
    reject(socket, 405, 'CONNECT is not allowed here', 'Allow: GET, HEAD\r\n')
  })
  server.on('checkExpectation', (request: IncomingMessage) => {
    reject(request.socket, 417, 'Only "Expect: 100-continue" is supported')
  })
}

function reject(socket: Duplex, status: number, message: string, headers = ''): void {
  if (!socket.writable) return
  const body = JSON.stringify(errorRows(status, message))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${CONTENT_TYPE}\r\nVary: Accept\r\n${headers}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  // If the socket were closed with unread data, the kernel would discard the response.
  socket.on('error', () => socket.destroy())
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
