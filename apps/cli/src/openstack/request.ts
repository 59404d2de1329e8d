import { messageOf } from '@stacktach/runtime'
import pRetry from 'p-retry'
import type { z } from 'zod'
import { escapeControlCharacters } from '../output/escapeControlCharacters.ts'

const TIMEOUT_MS = 60_000
const RETRIES = 4
const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 10_000

const UNAUTHORIZED = 401
const TOO_MANY_REQUESTS = 429
const FIRST_SERVER_ERROR = 500

/** A request to an OpenStack API failed. The message names the URL and is one line; it never contains a secret. */
export class OpenStackError extends Error {
  override name = 'OpenStackError'
  readonly status: number | null

  /** @param status null without an answer */
  constructor(url: URL, status: number | null, problem: string) {
    super(escapeControlCharacters(`${url.origin}${url.pathname} ${problem}`.replaceAll(/\s+/g, ' ')))
    this.status = status
  }

  get isUnauthorized(): boolean {
    return this.status === UNAUTHORIZED
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.status === null || this.status === TOO_MANY_REQUESTS || this.status >= FIRST_SERVER_ERROR
  }
}

/**
 * Requests JSON; retries with backoff while the API does not answer, answers with 429, or with 5xx.
 *
 * @throws OpenStackError
 */
export async function requestJson<T>(
  url: URL,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  schema: z.ZodType<T>,
): Promise<{ value: T; headers: Headers }> {
  const { text, headers } = await pRetry(() => requestOnce(url, init), {
    retries: RETRIES,
    minTimeout: FIRST_RETRY_MS,
    maxTimeout: MAX_RETRY_MS,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof OpenStackError && error.isTransient,
  })
  return { value: parse(url, text, schema), headers }
}

async function requestOnce(
  url: URL,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
): Promise<{ text: string; headers: Headers }> {
  try {
    // A redirect would send the token to another server.
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    if (!response.ok) throw new OpenStackError(url, response.status, `answered ${response.status}${detail(text)}`)
    return { text, headers: response.headers }
  } catch (error) {
    if (error instanceof OpenStackError) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new OpenStackError(url, null, `does not answer: ${messageOf(cause)}`)
  }
}

const MAX_DETAIL = 200

/** The message of an OpenStack fault, such as `{"forbidden": {"message": "…", "code": 403}}`. */
function detail(text: string): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return message === undefined ? '' : `: ${message.slice(0, MAX_DETAIL)}`
}

function parse<T>(url: URL, text: string, schema: z.ZodType<T>): T {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new OpenStackError(url, 200, 'answered with something other than JSON')
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.join('.') ?? ''
  throw new OpenStackError(url, 200, `answered with an unknown structure (${place}: ${issue?.message})`)
}
