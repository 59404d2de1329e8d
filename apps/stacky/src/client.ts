import type { z } from 'zod'
import { errorSchema } from './answers.ts'
import type { ClientConfig } from './config.ts'
import { connectionError, notJsonError, responseError, unexpectedShapeError } from './requestErrors.ts'

/** Query parameters; an undefined one is not sent. */
export type QueryParameters = Record<string, string | undefined>

/** An answer as the server sent it (numbers keep all their digits) and parsed. */
export interface ServerAnswer<T> {
  text: string
  value: T
}

/** HTTP client of a server's `/stacky/` endpoints. */
export class Client {
  readonly #config: ClientConfig
  readonly #timeoutSeconds: number

  /** @param timeoutSeconds for each request, including the body */
  constructor(config: ClientConfig, timeoutSeconds: number) {
    this.#config = config
    this.#timeoutSeconds = timeoutSeconds
  }

  /**
   * @param path segments below `/stacky/`
   * @throws RequestError
   */
  async get<T>(path: readonly string[], parameters: QueryParameters, schema: z.ZodType<T>): Promise<ServerAnswer<T>> {
    const url = new URL(`${path.map(encodeURIComponent).join('/')}/`, this.#config.base)
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    const { response, text } = await this.#fetch(url)
    const json = parseJson(text)
    if (response.status !== 200) {
      const { status, statusText } = response
      const error = errorSchema.safeParse(json)
      throw responseError({ status, statusText, message: error.success ? error.data[1][1] : null, body: text }, url)
    }
    if (json === undefined) throw notJsonError(text, url)
    const parsed = schema.safeParse(json)
    if (!parsed.success) throw unexpectedShapeError(url)
    return { text: text.trim(), value: parsed.data }
  }

  async #fetch(url: URL): Promise<{ response: Response; text: string }> {
    const { authorization } = this.#config
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        signal: AbortSignal.timeout(this.#timeoutSeconds * 1000),
      })
      return { response, text: await response.text() }
    } catch (error) {
      throw connectionError(error, url, this.#timeoutSeconds)
    }
  }
}

/** @returns undefined when the text is not JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
