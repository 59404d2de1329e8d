import { readFileSync } from 'node:fs'
import { type ApiConfig, ConfigError } from '@stacktach/runtime'

/**
 * Certificate and key of the listener; null: it speaks plain HTTP.
 *
 * @throws ConfigError naming the file that cannot be read
 */
export function readTls({ API_TLS_CERT, API_TLS_KEY }: ApiConfig): { cert: Buffer; key: Buffer } | null {
  if (API_TLS_CERT === undefined || API_TLS_KEY === undefined) return null
  return { cert: readPem('API_TLS_CERT', API_TLS_CERT), key: readPem('API_TLS_KEY', API_TLS_KEY) }
}

function readPem(variable: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError(`${variable}: ${error instanceof Error ? error.message : error}`)
  }
}
