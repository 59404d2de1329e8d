import { createConnection, createServer, type Socket } from 'node:net'

/** RabbitMQ 4.3's reply to the declaration of a transient queue; a reply text has 255 bytes at most. */
const REPLY_CODE = 541
const REPLY_TEXT = `${`INTERNAL_ERROR - Feature \`transient_nonexcl_queues\` is deprecated.
By default, this feature is not permitted anymore.
The feature will be removed from a future major RabbitMQ version, regardless of the configuration; actual version to be determined.
To continue using this feature`.slice(0, 252)}...`

/** AMQP 0-9-1: sizes of the protocol header, and of the parts of a frame around its payload. */
const PROTOCOL_HEADER_BYTES = 8
const FRAME_HEADER_BYTES = 7
const FRAME_END_BYTES = 1
const FRAME_END = 0xce

const METHOD_FRAME = 1
const QUEUE_DECLARE = 0x0032_000a
const CONNECTION_CLOSE = 0x000a_0032

/** Bits of queue.declare. */
const PASSIVE = 1
const DURABLE = 2
const EXCLUSIVE = 4

/** A proxy in front of a broker that refuses queues which are neither durable nor exclusive, as RabbitMQ 4.3 does. */
export interface TransientRefusal {
  /** The broker's URL, with the proxy's host and port. */
  url: string
  /** Number of refused declarations. */
  refused(): number
  close(): Promise<void>
}

/** Starts such a proxy; everything but the refusal is the broker's. */
export function transientRefusal(url: string): Promise<TransientRefusal> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let refused = 0
  const server = createServer((client) => {
    const upstream = createConnection(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    let buffered = Buffer.alloc(0)
    let isOpening = true
    let isRefused = false
    client.on('data', (chunk) => {
      if (isRefused) return
      buffered = Buffer.concat([buffered, chunk])
      for (let size = frameSize(buffered, isOpening); size <= buffered.length; size = frameSize(buffered, isOpening)) {
        const frame = buffered.subarray(0, size)
        buffered = buffered.subarray(size)
        if (!isOpening && declaresTransientQueue(frame)) {
          refused++
          isRefused = true
          upstream.unpipe(client)
          upstream.end()
          client.write(connectionClose())
          return
        }
        isOpening = false
        upstream.write(frame)
      }
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const proxied = new URL(url)
      proxied.hostname = '127.0.0.1'
      proxied.port = String(typeof address === 'object' ? address?.port : address)
      resolve({
        url: proxied.href,
        refused: () => refused,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            for (const socket of sockets) socket.destroy()
          }),
      })
    })
  })
}

/** Size of the first frame; infinite until its header has arrived. */
function frameSize(buffered: Buffer, isOpening: boolean): number {
  if (isOpening) return PROTOCOL_HEADER_BYTES
  if (buffered.length < FRAME_HEADER_BYTES) return Number.POSITIVE_INFINITY
  return FRAME_HEADER_BYTES + buffered.readUInt32BE(3) + FRAME_END_BYTES
}

function declaresTransientQueue(frame: Buffer): boolean {
  if (frame[0] !== METHOD_FRAME || frame.readUInt32BE(FRAME_HEADER_BYTES) !== QUEUE_DECLARE) return false
  // After the method id and a reserved short: the name, a short string.
  const nameLength = FRAME_HEADER_BYTES + 6
  const bits = frame[nameLength + 1 + (frame[nameLength] ?? 0)] ?? 0
  return (bits & (PASSIVE | DURABLE | EXCLUSIVE)) === 0
}

function connectionClose(): Buffer {
  const text = Buffer.from(REPLY_TEXT)
  const payload = Buffer.alloc(4 + 2 + 1 + text.length + 4)
  payload.writeUInt32BE(CONNECTION_CLOSE, 0)
  payload.writeUInt16BE(REPLY_CODE, 4)
  payload.writeUInt8(text.length, 6)
  text.copy(payload, 7)
  payload.writeUInt32BE(QUEUE_DECLARE, 7 + text.length)
  const header = Buffer.from([METHOD_FRAME, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(payload.length, 3)
  return Buffer.concat([header, payload, Buffer.from([FRAME_END])])
}
