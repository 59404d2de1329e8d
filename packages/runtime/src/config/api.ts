import { readFileSync } from 'node:fs'
import { messageOf } from '../messageOf.ts'
import { parseTokens, type Token } from '../tokens.ts'
import { isLoopback } from './isLoopback.ts'
import { ConfigError, readConfig } from './readConfig.ts'

/** Requests per minute and client when the api listens on more than loopback. */
const DEFAULT_RATE_LIMIT = 600

/**
 * Configuration of `api`, with the defaults that depend on other variables.
 *
 * @throws ConfigError with one line per fault
 */
export function apiConfig(environment: NodeJS.ProcessEnv) {
  const config = readConfig(environment, [
    'DATABASE_URL',
    'DATABASE_POOL',
    'DATABASE_READ_URL',
    'DATABASE_CONFIRM_URL',
    'API_HOST',
    'API_PORT',
    'API_STATEMENT_TIMEOUT',
    'API_TOKENS',
    'API_TOKENS_FILE',
    'API_OPEN',
    'API_TRUST_PROXY',
    'API_RATE_LIMIT',
    'API_LIVE_CLIENTS',
    'API_TLS_CERT',
    'API_TLS_KEY',
    'API_REQUIRE_READ_ROLE',
    'LOG_LEVEL',
    'METRICS_HOST',
    'METRICS_PORT',
  ])
  const loopback = isLoopback(config.API_HOST)
  const hasTokens = config.API_TOKENS !== undefined || config.API_TOKENS_FILE !== undefined
  const faults = [
    ...(hasTokens || loopback || config.API_OPEN
      ? []
      : [
          `API_HOST ${config.API_HOST} is not a loopback address and no tokens are configured: set API_TOKENS_FILE or API_TOKENS, or API_OPEN=1 for no authentication`,
        ]),
    ...(hasTokens && config.API_OPEN
      ? ['API_OPEN disables authentication, but API_TOKENS or API_TOKENS_FILE is set: unset one of them']
      : []),
    ...(config.API_TOKENS?.length === 0 ? ['API_TOKENS contains no token'] : []),
    ...((config.API_TLS_CERT === undefined) === (config.API_TLS_KEY === undefined)
      ? []
      : ['API_TLS_CERT and API_TLS_KEY must be set together: one of them is not set']),
  ]
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return {
    ...config,
    DATABASE_READ_URL: config.DATABASE_READ_URL ?? config.DATABASE_URL,
    API_RATE_LIMIT: config.API_RATE_LIMIT ?? (loopback ? 0 : DEFAULT_RATE_LIMIT),
    loopback,
  }
}

export type ApiConfig = ReturnType<typeof apiConfig>

/**
 * The accepted tokens, from the variable and the file together; null: none are configured, and authentication is off.
 *
 * @throws ConfigError when the file cannot be read, has an invalid line, or contains no token
 */
export function readApiTokens({ API_TOKENS, API_TOKENS_FILE }: Pick<ApiConfig, 'API_TOKENS' | 'API_TOKENS_FILE'>) {
  if (API_TOKENS === undefined && API_TOKENS_FILE === undefined) return null
  return [...(API_TOKENS ?? []), ...(API_TOKENS_FILE === undefined ? [] : readTokensFile(API_TOKENS_FILE))]
}

function readTokensFile(path: string): Token[] {
  const prefix = `API_TOKENS_FILE ${path}`
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${prefix}: ${messageOf(error)}`)
  }
  const { tokens, faults } = parseTokens(text)
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${prefix}: ${fault}`).join('\n'))
  if (tokens.length === 0) throw new ConfigError(`${prefix} contains no token`)
  return tokens
}
