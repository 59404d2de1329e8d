import { createSecretKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { messageOf } from '../messageOf.ts'
import type { JobsConfig } from './processes.ts'
import { ConfigError } from './readConfig.ts'

/** Standard Webhooks asks for 24 to 64 bytes. */
const MIN_BYTES = 24
const MAX_BYTES = 64

const BASE64 = /^(?:whsec_)?((?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?)$/

type Settings = Pick<JobsConfig, 'PUBLISH_WEBHOOK_URL' | 'PUBLISH_WEBHOOK_SECRET' | 'PUBLISH_WEBHOOK_SECRET_FILE'>

/**
 * The key that signs webhook messages; null if no webhook is configured. A key object does not show its bytes in logs.
 *
 * @throws ConfigError when the secret is missing, unreadable or invalid, or set without a URL; it never contains the secret
 */
export function readWebhookSecret(config: Settings): KeyObject | null {
  const { PUBLISH_WEBHOOK_URL: url, PUBLISH_WEBHOOK_SECRET: secret, PUBLISH_WEBHOOK_SECRET_FILE: path } = config
  if (secret !== undefined && path !== undefined)
    throw new ConfigError('PUBLISH_WEBHOOK_SECRET and PUBLISH_WEBHOOK_SECRET_FILE are both set: unset one of them')
  if (url === undefined) {
    if (secret === undefined && path === undefined) return null
    throw new ConfigError('PUBLISH_WEBHOOK_URL is not set, but its secret is: set both or neither')
  }
  if (secret !== undefined) return parseSecret('PUBLISH_WEBHOOK_SECRET', secret)
  if (path !== undefined) return parseSecret(`PUBLISH_WEBHOOK_SECRET_FILE ${path}`, readSecretFile(path))
  throw new ConfigError(
    'PUBLISH_WEBHOOK_URL is set without a secret: set PUBLISH_WEBHOOK_SECRET_FILE or PUBLISH_WEBHOOK_SECRET',
  )
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`PUBLISH_WEBHOOK_SECRET_FILE ${path}: ${messageOf(error)}`)
  }
}

function parseSecret(source: string, text: string): KeyObject {
  const bytes = Buffer.from(BASE64.exec(text)?.[1] ?? '', 'base64')
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
    throw new ConfigError(
      `${source}: must be ${MIN_BYTES} to ${MAX_BYTES} bytes in base64, after whsec_ or alone, as \`openssl rand -base64 32\` makes them`,
    )
  }
  return createSecretKey(bytes)
}
