import { unwatchFile, watchFile } from 'node:fs'
import type { Tokens } from '@stacktach/http'
import { type ApiConfig, type Component, type Logger, messageOf, readApiTokens } from '@stacktach/runtime'

/** Changes of the token file take effect within this time. */
const POLL_INTERVAL_MS = 2_000

/**
 * Reads the configured tokens, and reloads them when the token file changes. If the changed file is invalid, the previous
 * tokens stay in effect, and an error is logged.
 *
 * @throws ConfigError when the tokens are invalid at startup
 */
export async function startAuth(config: ApiConfig, logger: Logger): Promise<Component<Tokens>> {
  let tokens = readApiTokens(config)
  if (tokens === null && !config.loopback) {
    logger.warn('authentication is off: anyone who can reach the API has full access')
  }
  if (tokens !== null && !config.loopback && config.API_TLS_CERT === undefined && config.API_TRUST_PROXY === 0) {
    logger.warn('tokens are sent unencrypted: set API_TLS_CERT and API_TLS_KEY, or use a reverse proxy with TLS')
  }
  const { API_TOKENS_FILE: path } = config
  const reload = () => {
    try {
      tokens = readApiTokens(config)
      logger.info({ tokens: tokens?.length }, 'tokens reloaded')
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'token file is invalid; keeping the previous tokens')
    }
  }
  if (path !== undefined) watchFile(path, { interval: POLL_INTERVAL_MS, persistent: false }, reload)
  return {
    value: () => tokens,
    async stop() {
      if (path !== undefined) unwatchFile(path, reload)
    },
  }
}
