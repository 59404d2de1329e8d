import type { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message that the receiver got, whatever it answered. */
export interface ReceivedMessage {
  id: string
  /** Unix time in seconds. */
  timestamp: number
  body: string
  /** Whether the signature is that of the secret. */
  signed: boolean
}

/** How the receiver answers a message; without an answer it stalls. */
export type WebhookAnswer = (response: ServerResponse, message: ReceivedMessage) => void

/** A real HTTP receiver of webhook messages, which checks their signatures by WebCrypto, as a consumer would. */
export interface WebhookReceiver {
  url: string
  received: ReceivedMessage[]
  /** Ids of the messages that were answered with 200, in order; an id is repeated if it was. */
  accepted: string[]
  /** Changes how messages are answered from now on; the default is 200. */
  answer(next: WebhookAnswer): void
  close(): Promise<void>
}

/** @param secret in base64 */
export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const received: ReceivedMessage[] = []
  const accepted: string[] = []
  const accept: WebhookAnswer = (response) => response.writeHead(200).end('{}')
  let current = accept
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(secret, 'base64'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const server = createServer(async (request, response) => {
    const message = await readMessage(request, key)
    response.on('finish', () => {
      if (response.statusCode === 200) accepted.push(message.id)
    })
    received.push(message)
    current(response, message)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/usage?token=hunter2`,
    received,
    accepted,
    answer(next) {
      current = next
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readMessage(request: IncomingMessage, key: webcrypto.CryptoKey): Promise<ReceivedMessage> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const header = (name: string) => String(request.headers[name] ?? '')
  const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')]
  const [version, signature = ''] = header('webhook-signature').split(',')
  const signed = await crypto.subtle.verify(
    'HMAC',
    key,
    Buffer.from(signature, 'base64'),
    Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]),
  )
  return { id, timestamp: Number(timestamp), body: body.toString(), signed: version === 'v1' && signed }
}
