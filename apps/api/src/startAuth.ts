import { unwatchFile, watchFile } from 'node:fs'
import { type ApiConfig, type Component, type Logger, readApiTokens } from '@stacktach/runtime'
import type { Tokens } from './http/auth.ts'

/** Milliseconds after which a changed file of tokens counts, at most. */
const POLL_INTERVAL_MS = 2_000

/**
 * The tokens of the configuration, read again whenever their file changes. A file that is wrong changes nothing: the tokens
 * that were there stay, and the log says so.
 *
 * @throws ConfigError when the file is wrong at the start
 */
export async function startAuth(config: ApiConfig, logger: Logger): Promise<Component<Tokens>> {
  let tokens = readApiTokens(config)
  if (tokens === null && !config.loopback) logger.warn('everybody who can reach the api is let in')
  if (tokens !== null && !config.loopback && config.API_TLS_CERT === undefined && config.API_TRUST_PROXY === 0) {
    logger.warn(
      'tokens cross the network in clear: set API_TLS_CERT and API_TLS_KEY, or put a proxy that speaks TLS before the api',
    )
  }
  const { API_TOKENS_FILE: path } = config
  const read = () => {
    try {
      tokens = readApiTokens(config)
      logger.info({ tokens: tokens?.length }, 'tokens read again')
    } catch (error) {
      logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'the tokens stay as they were')
    }
  }
  if (path !== undefined) watchFile(path, { interval: POLL_INTERVAL_MS, persistent: false }, read)
  return {
    value: () => tokens,
    async stop() {
      if (path !== undefined) unwatchFile(path, read)
    },
  }
}
