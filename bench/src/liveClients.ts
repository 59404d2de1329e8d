import { get } from 'node:http'

/** What a client received. */
export interface LiveClientResult {
  query: string
  notifications: number
  /** Sum of the ids: with the number it shows whether notifications are missing or repeated. */
  sumOfIds: number
  /** Connections that the server closed. */
  ended: number
}

/** What the parent sends. */
export type ToLiveClients = { connect: { url: string; queries: string[] } } | { report: true }

/** What the parent receives: once when all clients are connected, and for each report. */
export type FromLiveClients = { connected: true } | { results: LiveClientResult[] }

const results: LiveClientResult[] = []

process.on('message', (message: ToLiveClients) => {
  if ('report' in message) answer({ results })
  else void connectAll(message.connect).then(() => answer({ connected: true }))
})

function answer(message: FromLiveClients): void {
  process.send?.(message)
}

async function connectAll({ url, queries }: { url: string; queries: string[] }): Promise<void> {
  await Promise.all(queries.map((query) => connect(url, query)))
}

/** Resolves with the first event. Parses as little as possible, because the clients share the machine with the server. */
function connect(url: string, query: string): Promise<void> {
  const result: LiveClientResult = { query, notifications: 0, sumOfIds: 0, ended: 0 }
  results.push(result)
  return new Promise((resolve, reject) => {
    get(`${url}/v1/live${query}`, { agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`/v1/live: ${response.statusCode}`))
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        const received = rest + text
        const end = received.lastIndexOf('\n\n') + 2
        if (end < 2) {
          rest = received
          return
        }
        rest = received.slice(end)
        for (const [, id] of received.slice(0, end).matchAll(/^id: \d+-\w+-(\d+)\nevent: notification$/gm)) {
          result.notifications++
          result.sumOfIds += Number(id)
        }
        if (received.includes('event: state')) resolve()
      })
      response.on('error', () => {})
      response.once('close', () => result.ended++)
    }).once('error', reject)
  })
}
