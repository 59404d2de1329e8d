import { readFileSync } from 'node:fs'
import { type ApiConfig, ConfigError, messageOf } from '@stacktach/runtime'

/**
 * Reads the certificate and the key of the api's port; null: plain HTTP.
 *
 * @throws ConfigError naming the variable whose file cannot be read
 */
export function readTls({ API_TLS_CERT, API_TLS_KEY }: ApiConfig): { cert: Buffer; key: Buffer } | null {
  if (API_TLS_CERT === undefined || API_TLS_KEY === undefined) return null
  return { cert: readPem('API_TLS_CERT', API_TLS_CERT), key: readPem('API_TLS_KEY', API_TLS_KEY) }
}

function readPem(variable: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError(`${variable}: ${messageOf(error)}`)
  }
}
