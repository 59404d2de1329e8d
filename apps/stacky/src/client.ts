import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { z } from 'zod'
import { errorSchema, problemSchema } from './answers.ts'
import type { ClientConfig } from './config.ts'
import {
  connectionError,
  notJsonError,
  notStreamError,
  type RequestError,
  responseError,
  unexpectedShapeError,
} from './requestErrors.ts'

/** Query parameters; an undefined one is not sent. */
export type QueryParameters = Record<string, string | undefined>

/** An answer as the server sent it (numbers keep all their digits) and parsed. */
export interface ServerAnswer<T> {
  text: string
  value: T
}

/** The server sends an event every 15 seconds; a connection without any for this long is lost. */
const MAX_SILENCE_MS = 45_000

/** HTTP client of a server's `/stacky/` endpoints and of its live notifications. */
export class Client {
  readonly #config: ClientConfig
  readonly #timeoutSeconds: number

  /** @param timeoutSeconds for each request, including the body, except for live notifications */
  constructor(config: ClientConfig, timeoutSeconds: number) {
    this.#config = config
    this.#timeoutSeconds = timeoutSeconds
  }

  /**
   * @param path segments below `/stacky/`
   * @throws RequestError
   */
  async get<T>(path: readonly string[], parameters: QueryParameters, schema: z.ZodType<T>): Promise<ServerAnswer<T>> {
    const url = withParameters(new URL(`${path.map(encodeURIComponent).join('/')}/`, this.#config.base), parameters)
    const { response, text } = await this.#fetch(url)
    if (response.status !== 200) throw failure(response, text, url)
    const json = jsonOrUndefined(text)
    if (json === undefined) throw notJsonError(text, url)
    const parsed = schema.safeParse(json)
    if (!parsed.success) throw unexpectedShapeError(url)
    return { text: text.trim(), value: parsed.data }
  }

  /**
   * Follows the live notifications of the server until the connection ends.
   *
   * @param after id of the last received event, to continue after it
   * @param onEvent called for each event
   * @returns why the connection ended
   * @throws RequestError when the server does not answer with a stream
   */
  async follow(
    parameters: QueryParameters,
    after: string | undefined,
    onEvent: (event: EventSourceMessage) => void,
  ): Promise<string> {
    const url = withParameters(new URL('../v1/live', this.#config.base), parameters)
    const headers = {
      ...this.#headers('text/event-stream'),
      ...(after === undefined ? {} : { 'last-event-id': after }),
    }
    const abort = new AbortController()
    let timeout = setTimeout(() => abort.abort(new DOMException('', 'TimeoutError')), this.#timeoutSeconds * 1000)
    try {
      const response = await fetch(url, { headers, signal: abort.signal }).catch((error: unknown) => {
        throw connectionError(error, url, this.#timeoutSeconds)
      })
      if (response.status !== 200) throw failure(response, await response.text(), url)
      if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) throw notStreamError(url)
      clearTimeout(timeout)
      timeout = setTimeout(() => abort.abort(), MAX_SILENCE_MS)
      return await readEvents(response, onEvent, () => timeout.refresh())
    } finally {
      clearTimeout(timeout)
    }
  }

  #headers(accept: string): Record<string, string> {
    const { authorization } = this.#config
    return { accept, ...(authorization === undefined ? {} : { authorization }) }
  }

  async #fetch(url: URL): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(url, {
        headers: this.#headers('application/json'),
        signal: AbortSignal.timeout(this.#timeoutSeconds * 1000),
      })
      return { response, text: await response.text() }
    } catch (error) {
      throw connectionError(error, url, this.#timeoutSeconds)
    }
  }
}

function withParameters(url: URL, parameters: QueryParameters): URL {
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url
}

/** Describes a response with a status other than 200. */
function failure({ status, statusText }: Response, text: string, url: URL): RequestError {
  const error = errorSchema.safeParse(jsonOrUndefined(text))
  const problem = problemSchema.safeParse(jsonOrUndefined(text))
  const message = error.success ? error.data[1][1] : problem.success ? problem.data.detail : null
  return responseError({ status, statusText, message, body: text }, url)
}

/** Reads events until the stream ends. Returns why it ended. */
async function readEvents(
  response: Response,
  onEvent: (event: EventSourceMessage) => void,
  onData: () => void,
): Promise<string> {
  const parser = createParser({ onEvent })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const part = await reader?.read().catch(() => null)
    if (part === null) return 'the connection to the server was lost'
    if (part === undefined || part.done) return 'the server ended the connection'
    onData()
    parser.feed(part.value)
  }
}

/** @returns undefined when the text is not JSON */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
