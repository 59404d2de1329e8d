import { z } from 'zod'

/** A question without a good answer; the message is one sentence that says what to do. */
export class AskError extends Error {
  override name = 'AskError'
  /** Whether asking again may succeed: the server is away or busy. */
  readonly passing: boolean

  constructor(message: string, passing: boolean) {
    super(message)
    this.passing = passing
  }
}

/** Used wrongly in a way that only the command itself can see. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const CHECK = 'see that STACKTACH_URL is right'

/**
 * Why the server could not be reached.
 *
 * @param url that was asked
 * @param seconds that it had
 */
export function unreachable(error: unknown, url: URL, seconds: number): AskError {
  const { name, code, reason } = causeOf(error)
  if (name === 'TimeoutError') {
    return new AskError(`${url.origin} did not answer within ${seconds} s; --timeout waits longer`, true)
  }
  if (code === 'ECONNREFUSED') {
    return new AskError(
      `nothing listens at ${url.origin} (${reason}); see that the api runs and that STACKTACH_URL is right`,
      true,
    )
  }
  if (code === 'ENOTFOUND') return new AskError(`there is no host ${url.hostname} (${reason}); ${CHECK}`, true)
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)) {
    const mend = 'NODE_EXTRA_CA_CERTS names a file of authorities to trust'
    return new AskError(`the certificate of ${url.origin} is not trusted (${reason}); ${mend}`, false)
  }
  return new AskError(`${url.origin} cannot be reached (${reason}); ${CHECK}`, true)
}

const text = z.string().optional()
// A timeout's code is a number that says nothing.
const fault = z.object({ name: text, message: text, code: text.catch(undefined) })
const failed = fault.extend({ cause: fault.extend({ errors: z.array(fault).optional() }).optional() })

/** fetch fails with `fetch failed` and tells why in its cause; a host with several addresses has a cause for each. */
function causeOf(error: unknown): { name: string; code: string; reason: string } {
  const parsed = failed.safeParse(error)
  if (!parsed.success) return { name: '', code: '', reason: String(error) }
  const { cause = parsed.data } = parsed.data
  const [first = cause] = 'errors' in cause ? (cause.errors ?? []) : []
  const { code = '', message = '' } = first
  return { name: parsed.data.name ?? '', code, reason: (message || code).split('\n')[0] ?? '' }
}

/** What the server answered instead of what was asked for. */
export interface BadAnswer {
  status: number
  statusText: string
  /** The message of the server's own error table, else null. */
  message: string | null
  body: string
}

/** An answer whose status is not 200, in one sentence. */
export function refused({ status, statusText, message, body }: BadAnswer, url: URL): AskError {
  const phrase = `${status} ${statusText}`.trim()
  if (status === 401 || status === 403) {
    const mend = 'set STACKTACH_TOKEN or STACKTACH_TOKEN_FILE to one it knows'
    return new AskError(`${url.origin} lets nobody in without a good token (${phrase}); ${mend}`, false)
  }
  const passing = status >= 500 || status === 429
  if (message !== null) return new AskError(`${message} (${phrase})`, passing)
  const page = titleOf(body)
  const said = page === null ? '' : `, a page called ${JSON.stringify(page)}`
  const what = `${url.origin}${url.pathname} answers ${phrase}${said}`
  return new AskError(passing ? what : `${what}; ${CHECK}`, passing)
}

/** An answer that is no JSON: mostly the page of a proxy. */
export function notJson(body: string, url: URL): AskError {
  const where = `${url.origin}${url.pathname}`
  // So StackTach's own server answers when a notification is not there.
  if (body.trim() === '') return new AskError(`${where} answers nothing: what was asked for is not there`, false)
  const page = titleOf(body)
  const what = page === null ? 'something else than JSON' : `a page called ${JSON.stringify(page)}, not JSON`
  return new AskError(`${where} answers ${what}; ${CHECK}`, false)
}

/** An answer that is JSON, but not of the shape that the command shows. */
export function unexpected(url: URL): AskError {
  return new AskError(`${url.origin}${url.pathname} answers JSON of another shape than a StackTach's; ${CHECK}`, false)
}

function titleOf(body: string): string | null {
  const [, title] = /<title[^>]*>([^<]*)<\/title>/i.exec(body) ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(body) ?? []
  const text = title?.replaceAll(/\s+/g, ' ').trim() ?? ''
  return text === '' ? null : text
}
