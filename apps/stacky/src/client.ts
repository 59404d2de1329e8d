import type { z } from 'zod'
import { errorTable } from './answers.ts'
import type { ClientConfig } from './config.ts'
import { notJson, refused, unexpected, unreachable } from './failure.ts'

/** Parameters of a question; one that is undefined is not sent. */
export type Parameters = Record<string, string | undefined>

/** What was answered: as text, every digit as it came, and parsed. */
export interface Answer<T> {
  text: string
  value: T
}

/** Asks a server's stacky endpoints. */
export class Client {
  readonly #config: ClientConfig
  readonly #seconds: number

  /** @param seconds that one answer may take */
  constructor(config: ClientConfig, seconds: number) {
    this.#config = config
    this.#seconds = seconds
  }

  /**
   * @param path segments below `/stacky/`
   * @throws AskError
   */
  async ask<T>(path: readonly string[], parameters: Parameters, shape: z.ZodType<T>): Promise<Answer<T>> {
    const url = new URL(`${path.map(encodeURIComponent).join('/')}/`, this.#config.base)
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    const { response, text } = await this.#get(url)
    const json = parseJson(text)
    if (response.status !== 200) {
      const { status, statusText } = response
      const error = errorTable.safeParse(json)
      throw refused({ status, statusText, message: error.success ? error.data[1][1] : null, body: text }, url)
    }
    if (json === undefined) throw notJson(text, url)
    const parsed = shape.safeParse(json)
    if (!parsed.success) throw unexpected(url)
    return { text: text.trim(), value: parsed.data }
  }

  async #get(url: URL): Promise<{ response: Response; text: string }> {
    const { authorization } = this.#config
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        signal: AbortSignal.timeout(this.#seconds * 1000),
      })
      return { response, text: await response.text() }
    } catch (error) {
      throw unreachable(error, url, this.#seconds)
    }
  }
}

/** undefined is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
