import { readFileSync } from 'node:fs'
import { z } from 'zod'

const DEFAULT_URL = 'http://127.0.0.1:8000'

/** An invalid setting; the message is one line that names the variable. */
export class ClientConfigError extends Error {
  override name = 'ClientConfigError'
}

export interface ClientConfig {
  /** Prefix of every path: ends in `/stacky/`, without user and password. */
  base: URL
  /** Value of the Authorization header. */
  authorization?: string
}

const environment = z.object({
  STACKTACH_URL: z.string().optional(),
  STACKTACH_TOKEN: z.string().optional(),
  STACKTACH_TOKEN_FILE: z.string().optional(),
})

/**
 * Reads the server's address and the credentials. An empty variable counts as unset; a token takes precedence over the
 * user and password of the URL.
 *
 * @throws ClientConfigError
 */
export function clientConfig(variables: NodeJS.ProcessEnv): ClientConfig {
  const { STACKTACH_URL, STACKTACH_TOKEN, STACKTACH_TOKEN_FILE } = environment.parse(variables)
  const { base, credentials } = parseUrl(STACKTACH_URL || DEFAULT_URL)
  const token = readToken(STACKTACH_TOKEN, STACKTACH_TOKEN_FILE)
  if (token !== undefined) return { base, authorization: `Bearer ${token}` }
  return credentials === undefined ? { base } : { base, authorization: `Basic ${credentials}` }
}

/** The server's address: a trailing slash and `/stacky` are optional. */
function parseUrl(text: string): { base: URL; credentials?: string } {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    // The value may contain a password.
    throw new ClientConfigError('STACKTACH_URL must be a URL beginning with http:// or https:// (current value hidden)')
  }
  const url = new URL(text)
  const base = new URL(url.origin)
  base.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/stacky$/, '')}/stacky/`
  if (url.username === '' && url.password === '') return { base }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { base, credentials: Buffer.from(credentials).toString('base64') }
}

function readToken(token: string | undefined, file: string | undefined): string | undefined {
  if (token) return checkToken(token.trim(), 'STACKTACH_TOKEN')
  if (!file) return undefined
  return checkToken(readTokenFile(file).trim(), `the file ${file} of STACKTACH_TOKEN_FILE`)
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ClientConfigError(`could not read the file ${file} of STACKTACH_TOKEN_FILE (${error})`)
  }
}

/** A header value must be printable ASCII. */
function checkToken(token: string, source: string): string {
  if (!/^[!-~]+$/.test(token)) {
    throw new ClientConfigError(`${source} must contain one line of printable ASCII without spaces: the token`)
  }
  return token
}
