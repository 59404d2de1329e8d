import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Where the api of this machine listens when nothing says otherwise. */
const HERE = 'http://127.0.0.1:8000'

/** A wrong setting; the message is one line that names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export interface ClientConfig {
  /** What every path is put behind: ends in `/stacky/`, holds no password. */
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
 * Where to ask and who asks. An empty variable counts as not set; a token goes before the user and password of a URL.
 *
 * @throws ConfigError
 */
export function clientConfig(variables: NodeJS.ProcessEnv): ClientConfig {
  const { STACKTACH_URL, STACKTACH_TOKEN, STACKTACH_TOKEN_FILE } = environment.parse(variables)
  const { base, credentials } = baseOf(STACKTACH_URL || HERE)
  const token = tokenOf(STACKTACH_TOKEN, STACKTACH_TOKEN_FILE)
  if (token !== undefined) return { base, authorization: `Bearer ${token}` }
  return credentials === undefined ? { base } : { base, authorization: `Basic ${credentials}` }
}

/** The server's address, with or without a slash at its end, with or without `stacky`. */
function baseOf(text: string): { base: URL; credentials?: string } {
  // A URL may carry a password: what is wrong with it is said without showing it.
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new ConfigError('STACKTACH_URL must be a URL beginning with http:// or https://, not what it is set to')
  }
  const given = new URL(text)
  const base = new URL(given.origin)
  base.pathname = `${given.pathname.replace(/\/+$/, '').replace(/\/stacky$/, '')}/stacky/`
  if (given.username === '' && given.password === '') return { base }
  const credentials = `${decodeURIComponent(given.username)}:${decodeURIComponent(given.password)}`
  return { base, credentials: Buffer.from(credentials).toString('base64') }
}

function tokenOf(token: string | undefined, file: string | undefined): string | undefined {
  if (token) return headerSafe(token.trim(), 'STACKTACH_TOKEN')
  if (!file) return undefined
  return headerSafe(contentOf(file).trim(), `the file ${file} of STACKTACH_TOKEN_FILE`)
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`the file ${file} of STACKTACH_TOKEN_FILE cannot be read (${error})`)
  }
}

function headerSafe(token: string, source: string): string {
  if (!/^[!-~]+$/.test(token)) throw new ConfigError(`${source} must hold a token on one line, without spaces`)
  return token
}
