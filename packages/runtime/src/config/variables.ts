import { z } from 'zod'
import { parseTokens } from '../tokens.ts'
import { parseDatabaseUrl } from './databaseUrl.ts'
import { isSentinelUrl, parseSentinelUrl } from './sentinelUrl.ts'

/** A whole number in decimal digits; rejects `1e3`, `0x10` and ` 5 `, which Number() would accept. */
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`))

/** The levels of pino. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** A boolean. Anything but 0 and 1 is an error, so that a misspelling is not taken for either. */
const flag = z
  .enum(['0', '1'], { error: 'must be 1 or 0' })
  .transform((value) => value === '1')
  .default(false)

/** The lines of a token file, separated by commas or newlines. */
const tokens = z.string().transform((value, context) => {
  const { tokens, faults } = parseTokens(value.replaceAll(',', '\n'))
  for (const message of faults) context.addIssue({ code: 'custom', message: `is invalid: ${message}` })
  return tokens
})

const days = z
  .string()
  .regex(/^(off|\d{1,5})$/, 'must be a number of days, or off')
  .transform((value) => (value === 'off' ? null : Number(value)))
  .pipe(z.number().min(1, 'must be at least 1, or off').nullable())

const isUrl = (value: string, protocols: readonly string[]) => {
  try {
    return protocols.includes(new URL(value).protocol)
  } catch {
    return false
  }
}

const anyOf = (protocols: readonly string[]) => protocols.map((protocol) => `${protocol}//`).join(' or ')

/** A URL of PostgreSQL, which may name several servers: see parseDatabaseUrl. */
const databaseUrl = z.string().superRefine((value, context) => {
  const parsed = parseDatabaseUrl(value)
  if ('fault' in parsed) context.addIssue({ code: 'custom', message: parsed.fault })
})

/**
 * Whether an `@` follows the host: it then separates a user's password, which contains a `/` or `?`, from the host. The
 * rest of the password would be taken for the host, and appear in messages.
 */
const hasUnencodedPassword = (value: string) => /^[\w+]+:\/\/[^/?#]*[/?#].*@/.test(value)

const unencodedPassword = 'has an @ after the host: percent-encode special characters of the password'

const redisUrl = z.string().superRefine((value, context) => {
  if (hasUnencodedPassword(value)) return context.addIssue({ code: 'custom', message: unencodedPassword })
  const plain = ['redis:', 'rediss:', 'redis+cluster:', 'rediss+cluster:']
  const message = isSentinelUrl(value)
    ? parseSentinelUrl(value) === null && 'must be redis+sentinel://host:26379,host:26379/<master name>'
    : !isUrl(value, plain) && `must be a URL beginning with ${anyOf(plain)} or redis+sentinel://`
  if (message !== false) context.addIssue({ code: 'custom', message })
})

const url = (...protocols: string[]) =>
  z.string().refine((value) => isUrl(value, protocols), `must be a URL beginning with ${anyOf(protocols)}`)

/** URLs separated by commas; a comma within a URL is allowed. */
const urls = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => !value.split(/,(?=[a-z]+:\/\/)/).some(hasUnencodedPassword), {
      error: unencodedPassword,
      abort: true,
    })
    .refine(
      (value) => value.split(/,(?=[a-z]+:\/\/)/).every((part) => isUrl(part, protocols)),
      `must be a URL beginning with ${anyOf(protocols)}`,
    )

/**
 * All environment variables of the project, with their parsers and defaults. docs/configuration.md describes them.
 */
export const variables = {
  DATABASE_URL: databaseUrl,
  DATABASE_READ_URL: databaseUrl.optional(),
  /** The user that writes confirmations, a member of the role stacktach_confirm. Without it the api writes nothing. */
  DATABASE_CONFIRM_URL: databaseUrl.optional(),
  DATABASE_POOL: whole(1, 1000).default(10),
  REDIS_URL: redisUrl,
  /** Prefix of all keys in Redis, so that several installations can share a server. */
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, 'must contain only letters, digits, - and _')
    .default('stacktach'),
  STACKTACH_DEPLOYMENTS_FILE: z.string(),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: whole(0, 65535).default(8000),
  /** Milliseconds after which a query of the api is cancelled. */
  API_STATEMENT_TIMEOUT: whole(1, 3_600_000).default(10_000),
  /** Digests of the accepted tokens. */
  API_TOKENS: tokens.optional(),
  API_TOKENS_FILE: z.string().optional(),
  /** Disables authentication. */
  API_OPEN: flag,
  /** Number of reverse proxies in front of the api; each appends to X-Forwarded-For. */
  API_TRUST_PROXY: whole(0, 10).default(0),
  /** Requests per minute and client; 0: unlimited. */
  API_RATE_LIMIT: whole(0, 1_000_000).optional(),
  /** Maximum number of clients that receive live notifications at the same time. */
  API_LIVE_CLIENTS: whole(0, 100_000).default(500),
  API_TLS_CERT: z.string().optional(),
  API_TLS_KEY: z.string().optional(),
  /** Makes a database role with write privileges an error. */
  API_REQUIRE_READ_ROLE: flag,
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  /** Address and port of metrics, health and log level. Without METRICS_PORT they are not served. */
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: whole(0, 65535).optional(),
  /** Exchanges that carry the notifications of all services. */
  CONTROL_EXCHANGES: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().min(1, 'must be names of exchanges, separated by commas')))
    .default(['openstack']),
  RULES: z.enum(['today', 'stacktach'], { error: 'must be today or stacktach' }).default('today'),
  /** Bytes. Of a larger message, which is rejected, only the digest and the first 64 KB are stored. */
  MAX_BODY: whole(1024, 134_217_728).default(1_048_576),
  /** Scheduled reports: a JSON array, or the path of a file with one. */
  REPORT_SCHEDULES: z.string().optional(),
  /** Days that notifications are kept; `off`: forever. */
  RETENTION_DAYS: days.default(null),
  /** Overrides RETENTION_DAYS for one service. */
  RETENTION_DAYS_NOVA: days.optional(),
  RETENTION_DAYS_GLANCE: days.optional(),
  RETENTION_DAYS_GENERIC: days.optional(),
  /** Days that aggregates are kept; at least as long as the notifications of nova and glance. */
  AGGREGATE_RETENTION_DAYS: days.default(null),
  BATCH_SIZE: whole(1, 10_000).default(500),
  /** Milliseconds that a batch waits for more messages. */
  BATCH_LINGER: whole(0, 10_000).default(10),
  /** Unacknowledged messages per channel, at least 3 × BATCH_SIZE: one batch arrives while two are stored. */
  PREFETCH: whole(1, 65_535).optional(),
  /** Number of shards of the backlog; at most this many jobs processes fold at the same time. */
  SHARDS: whole(1, 1024).default(8),
  /** Which fields of an exists must be present and valid; `all` includes fields of Rackspace's images only. */
  VERIFY_LEVEL: z.enum(['none', 'basic', 'all'], { error: 'must be one of none, basic, all' }).default('basic'),
  /** The flavor field that must be equal in an exists and its launch. */
  VERIFY_FLAVOR_FIELD: z
    .enum(['instance_type_id', 'instance_flavor_id'], { error: 'must be instance_type_id or instance_flavor_id' })
    .default('instance_flavor_id'),
  /** Seconds between the end of an audit period and the verification of its exists. */
  VERIFY_SETTLE_SECONDS: whole(0, 1_000_000_000).default(300),
  /** Broker to publish verified exists to, or the URLs of its hosts; not set: they are not published. */
  PUBLISH_URL: urls('amqp:', 'amqps:').optional(),
  PUBLISH_EXCHANGE: z.string().default('stacktach'),
  PUBLISH_ROUTING_KEYS: z
    .string()
    .transform((keys) => keys.split(',').map((key) => key.trim()))
    .pipe(z.array(z.string().min(1, 'must be routing keys separated by commas')))
    .default(['notifications.info']),
  /** Event types of published exists. StackTach's documents use `compute.instance.exists.verified.old`. */
  PUBLISH_NOVA_EVENT: z.string().default('compute.instance.exists.verified'),
  PUBLISH_GLANCE_EVENT: z.string().default('image.exists.verified'),
  /** Receiver of verified exists as webhook messages. fetch refuses a URL with a password. */
  PUBLISH_WEBHOOK_URL: z
    .string()
    .refine(
      (value) => isUrl(value, ['http:', 'https:']) && !value.includes('@'),
      'must be a URL beginning with http:// or https://, without user and password',
    )
    .optional(),
  /** The secret that signs webhook messages, or the file that contains it. */
  PUBLISH_WEBHOOK_SECRET: z.string().optional(),
  PUBLISH_WEBHOOK_SECRET_FILE: z.string().optional(),
  /** Days per partition of the notification tables. */
  PARTITION_DAYS: whole(1, 366).default(7),
  /** Keystone, and an application credential that may list the servers of all projects; as OpenStack's clients name them. */
  OS_AUTH_URL: url('http:', 'https:'),
  OS_APPLICATION_CREDENTIAL_ID: z.string(),
  OS_APPLICATION_CREDENTIAL_SECRET: z.string(),
  /** Not set: the only region of the catalog. */
  OS_REGION_NAME: z.string().optional(),
  OS_INTERFACE: z
    .enum(['public', 'internal', 'admin'], { error: 'must be public, internal or admin' })
    .default('public'),
}

export type Variable = keyof typeof variables
