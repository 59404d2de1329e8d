import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Component, Logger } from '@stacktach/runtime'
import type { Express } from 'express'
import { CONTENT_TYPE, errorRows } from './send.ts'

interface Options {
  host: string
  /** 0: any free one. */
  port: number
  logger: Logger
}

/** Answers on the host and port. Stops by taking no more, and ending once what is in hand is answered. */
export async function startServer(app: Express, { host, port, logger }: Options): Promise<Component<string>> {
  const server = createServer(app)
  answerBadRequests(server)
  const inHand = countRequests(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, host, port)))
    server.listen(port, host, resolve)
  })
  const url = urlOf(server.address())
  logger.info({ url }, 'listening')
  return {
    value: url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await inHand.none()
      // What is left is kept alive, or has not sent a whole request yet.
      server.closeAllConnections()
      await closed
    },
  }
}

/** Node's own answer to what is no HTTP would be an empty one. */
function answerBadRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
    const reason = status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'
    const body = JSON.stringify(errorRows(status, 'This is not a request that can be read'))
    socket.end(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${CONTENT_TYPE}\r\nVary: Accept\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  })
}

function countRequests(server: Server) {
  let count = 0
  let whenNone = () => {}
  server.prependListener('request', (_request, response) => {
    count++
    response.once('close', () => {
      count--
      if (count === 0) whenNone()
    })
  })
  return {
    none: () =>
      new Promise<void>((resolve) => {
        whenNone = resolve
        if (count === 0) resolve()
      }),
  }
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`API_PORT ${port} is already in use on ${host}`, { cause: error })
  if (error.code === 'EACCES') return new Error(`API_PORT ${port} may not be opened by this user`, { cause: error })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`API_HOST ${host} is no address of this machine`, { cause: error })
  }
  return error
}

function urlOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address)
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
