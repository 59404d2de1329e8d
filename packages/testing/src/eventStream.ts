import { type ClientRequest, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { createParser } from 'eventsource-parser'

export interface StreamedEvent {
  /** Null: the event has no id. */
  id: string | null
  event: string
  data: string
}

/** A response with Server-Sent Events that is being read. */
export interface EventStream {
  status: number
  headers: IncomingHttpHeaders
  /** All events so far. */
  events: StreamedEvent[]
  /** Resolves when an event satisfies the condition, with that event. */
  received(condition: (event: StreamedEvent) => boolean, timeoutMs?: number): Promise<StreamedEvent>
  /** Reads nothing from now on, like a client that hangs. */
  pause(): void
  resume(): void
  /** Resolves when the server has ended the response or the connection. */
  ended: Promise<void>
  close(): void
}

/** Requests a stream of Server-Sent Events. Resolves with the headers of the response. */
export function openEventStream(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => resolve(read(request, response)))
    request.once('error', reject)
  })
}

function read(request: ClientRequest, response: IncomingMessage): EventStream {
  const events: StreamedEvent[] = []
  const listeners = new Set<() => void>()
  const parser = createParser({
    onEvent: ({ id, event = 'message', data }) => {
      events.push({ id: id ?? null, event, data })
      for (const listener of listeners) listener()
    },
  })
  response.setEncoding('utf8')
  response.on('data', (text: string) => parser.feed(text))
  // A connection that is closed in the middle of a response is an error for Node.
  response.on('error', () => {})
  request.on('error', () => {})
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    received(condition, timeoutMs = 20_000) {
      return new Promise((resolve, reject) => {
        let checked = 0
        const check = () => {
          const event = events.slice(checked).find(condition)
          checked = events.length
          if (event === undefined) return
          listeners.delete(check)
          clearTimeout(timer)
          resolve(event)
        }
        const timer = setTimeout(() => {
          listeners.delete(check)
          reject(new Error(`no such event within ${timeoutMs} ms, but ${JSON.stringify(events.slice(-5))}`))
        }, timeoutMs)
        listeners.add(check)
        check()
      })
    },
    pause: () => response.pause(),
    resume: () => response.resume(),
    ended: new Promise((resolve) => response.once('close', resolve)),
    close: () => request.destroy(),
  }
}
