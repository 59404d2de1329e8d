import { z } from 'zod'

/** A failed request; the message is one sentence: what is wrong and, where known, what to do. */
export class RequestError extends Error {
  override name = 'RequestError'
  /** Whether the same request may succeed later: the server is unavailable or busy. */
  readonly retryable: boolean

  constructor(message: string, retryable: boolean) {
    super(message)
    this.retryable = retryable
  }
}

/** Wrong usage that the command finds itself, after commander has accepted the command line. */
export class CommandUsageError extends Error {
  override name = 'CommandUsageError'
}

const CHECK_URL = 'check STACKTACH_URL'

/**
 * Describes why no response arrived.
 *
 * @param error from fetch
 * @param timeoutSeconds of the request
 */
export function connectionError(error: unknown, url: URL, timeoutSeconds: number): RequestError {
  const { name, code, reason } = causeOf(error)
  if (name === 'TimeoutError') {
    return new RequestError(
      `${url.origin} did not answer within ${timeoutSeconds} s; use --timeout to wait longer`,
      true,
    )
  }
  if (code === 'ECONNREFUSED') {
    return new RequestError(
      `nothing listens at ${url.origin} (${reason}); check that the API is running and that STACKTACH_URL is right`,
      true,
    )
  }
  if (code === 'ENOTFOUND') return new RequestError(`unknown host ${url.hostname} (${reason}); ${CHECK_URL}`, true)
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)) {
    const action = 'set NODE_EXTRA_CA_CERTS to a file with the CA certificate'
    return new RequestError(`the certificate of ${url.origin} is not trusted (${reason}); ${action}`, false)
  }
  return new RequestError(`could not connect to ${url.origin} (${reason}); ${CHECK_URL}`, true)
}

const text = z.string().optional()
// The code of a system error is a string; a timeout has a numeric code, which is ignored.
const errorFields = z.object({ name: text, message: text, code: text.catch(undefined) })
const fetchError = errorFields.extend({
  cause: errorFields.extend({ errors: z.array(errorFields).optional() }).optional(),
})

/** fetch always fails with `fetch failed`; the reason is its cause, or one cause per address of the host. */
function causeOf(error: unknown): { name: string; code: string; reason: string } {
  const parsed = fetchError.safeParse(error)
  if (!parsed.success) return { name: '', code: '', reason: String(error) }
  const { cause = parsed.data } = parsed.data
  const [first = cause] = 'errors' in cause ? (cause.errors ?? []) : []
  const { code = '', message = '' } = first
  return { name: parsed.data.name ?? '', code, reason: (message || code).split('\n')[0] ?? '' }
}

/** A response with a status other than 200. */
export interface FailedResponse {
  status: number
  statusText: string
  /** Message of the server's own error table, else null. */
  message: string | null
  body: string
}

/** Describes a response with a status other than 200. */
export function responseError({ status, statusText, message, body }: FailedResponse, url: URL): RequestError {
  const phrase = `${status} ${statusText}`.trim()
  if (status === 401 || status === 403) {
    const action = 'set STACKTACH_TOKEN or STACKTACH_TOKEN_FILE to a valid token'
    return new RequestError(`authentication at ${url.origin} failed (${phrase}); ${action}`, false)
  }
  const retryable = status >= 500 || status === 429
  if (message !== null) return new RequestError(`${message} (${phrase})`, retryable)
  const title = titleOf(body)
  const page = title === null ? '' : `, a page titled ${JSON.stringify(title)}`
  const problem = `${url.origin}${url.pathname} returned ${phrase}${page}`
  return new RequestError(retryable ? problem : `${problem}; ${CHECK_URL}`, retryable)
}

/** Describes a response that is not JSON, usually a proxy's page. */
export function notJsonError(body: string, url: URL): RequestError {
  const address = `${url.origin}${url.pathname}`
  // The original StackTach answers a missing notification with an empty body.
  if (body.trim() === '') return new RequestError(`${address} returned an empty response: not found`, false)
  const title = titleOf(body)
  const content = title === null ? 'something other than JSON' : `a page titled ${JSON.stringify(title)}, not JSON`
  return new RequestError(`${address} returned ${content}; ${CHECK_URL}`, false)
}

/** Describes a response that is not a stream of events. */
export function notStreamError(url: URL): RequestError {
  return new RequestError(
    `${url.origin}${url.pathname} returned no stream of events: use watch without --follow; ${CHECK_URL}`,
    false,
  )
}

/** Describes JSON that a StackTach server does not send. */
export function unexpectedShapeError(url: URL): RequestError {
  return new RequestError(`${url.origin}${url.pathname} returned JSON that is not StackTach's; ${CHECK_URL}`, false)
}

function titleOf(body: string): string | null {
  const [, title] = /<title[^>]*>([^<]*)<\/title>/i.exec(body) ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(body) ?? []
  const line = title?.replaceAll(/\s+/g, ' ').trim() ?? ''
  return line === '' ? null : line
}
