import { z } from 'zod'
import { parseTokens } from '../tokens.ts'

/** A number written in decimal digits only, so that `1e3`, `0x10` and ` 5 ` are refused rather than guessed at. */
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`))

/** Pino's, from the one that says least but silence. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** Yes or no, written so that a misspelt one is not taken for either. */
const flag = z
  .enum(['0', '1'], { error: 'must be 1 or 0' })
  .transform((value) => value === '1')
  .default(false)

/** Tokens as their file has them, with commas instead of new lines or not. */
const tokens = z.string().transform((value, context) => {
  const { tokens, faults } = parseTokens(value.replaceAll(',', '\n'))
  for (const message of faults) context.addIssue({ code: 'custom', message: `has a fault: ${message}` })
  return tokens
})

const days = z
  .string()
  .regex(/^(off|\d{1,5})$/, 'must be a number of days, or off')
  .transform((value) => (value === 'off' ? null : Number(value)))
  .pipe(z.number().min(1, 'must be at least 1, or off').nullable())

const url = (...protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol)
      } catch {
        return false
      }
    },
    `must be a URL beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  )

/**
 * Every environment variable of the project: how it is parsed, and what it is when it is not set. An empty variable
 * counts as not set.
 */
export const variables = {
  DATABASE_URL: url('postgres:', 'postgresql:'),
  DATABASE_READ_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: whole(1, 1000).default(10),
  REDIS_URL: url('redis:', 'rediss:', 'redis+cluster:', 'rediss+cluster:'),
  /** Put before every key in Redis, so that several installations can share one server. */
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, 'may hold letters, digits, - and _ only')
    .default('stacktach'),
  STACKTACH_DEPLOYMENTS_FILE: z.string(),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: whole(0, 65535).default(8000),
  /** Milliseconds after which a statement of the api is cut off. */
  API_STATEMENT_TIMEOUT: whole(1, 3_600_000).default(10_000),
  /** Digests of the tokens that let a client in. */
  API_TOKENS: tokens.optional(),
  API_TOKENS_FILE: z.string().optional(),
  /** Lets everybody in who can reach the api, wherever it listens. */
  API_OPEN: flag,
  /** Proxies before the api, each of which appends to X-Forwarded-For. */
  API_TRUST_PROXY: whole(0, 10).default(0),
  /** Requests of one client in a minute; 0: as many as it likes. */
  API_RATE_LIMIT: whole(0, 1_000_000).optional(),
  API_TLS_CERT: z.string().optional(),
  API_TLS_KEY: z.string().optional(),
  /** Refuses a database role that could write. */
  API_REQUIRE_READ_ROLE: flag,
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  /** Where those who run a process read its metrics; not set: nowhere. */
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: whole(0, 65535).optional(),
  RULES: z.enum(['today', 'stacktach'], { error: 'must be today or stacktach' }).default('today'),
  /** Bytes; a larger message is rejected with its digest and first 64 KB. */
  MAX_BODY: whole(1024, 134_217_728).default(1_048_576),
  /** Which reports are made by themselves: a JSON array, or the path of a file that holds one. */
  REPORT_SCHEDULES: z.string().optional(),
  /** Days that notifications are kept; `off` is for ever. */
  RETENTION_DAYS: days.default(null),
  /** The same of one service, when it is to be another than RETENTION_DAYS. */
  RETENTION_DAYS_NOVA: days.optional(),
  RETENTION_DAYS_GLANCE: days.optional(),
  RETENTION_DAYS_GENERIC: days.optional(),
  /** Days that timings, launches, exists and the like are kept: as long as notifications, or longer. */
  AGGREGATE_RETENTION_DAYS: days.default(null),
  BATCH_SIZE: whole(1, 10_000).default(500),
  /** Milliseconds that a batch waits for more. */
  BATCH_LINGER: whole(0, 10_000).default(10),
  /** Unacknowledged messages per channel, at least 3 × BATCH_SIZE: one batch arrives while two are being stored. */
  PREFETCH: whole(1, 65_535).optional(),
  /** Into how many parts the aggregation is cut; as many jobs processes as shards can work at once. */
  SHARDS: whole(1, 1024).default(8),
  /** How much of an exists must be there and well formed; `all` asks for what only Rackspace's clouds fill. */
  VERIFY_LEVEL: z.enum(['none', 'basic', 'all'], { error: 'must be one of none, basic, all' }).default('basic'),
  /** The flavor field in which an exists must agree with its launch. */
  VERIFY_FLAVOR_FIELD: z
    .enum(['instance_type_id', 'instance_flavor_id'], { error: 'must be instance_type_id or instance_flavor_id' })
    .default('instance_flavor_id'),
  /** Seconds after the end of its audit period from which on an exists is verified. */
  VERIFY_SETTLE_SECONDS: whole(0, 1_000_000_000).default(300),
  /** Broker to which verified exists are published; not set: they are not. */
  PUBLISH_URL: url('amqp:', 'amqps:').optional(),
  PUBLISH_EXCHANGE: z.string().default('stacktach'),
  PUBLISH_ROUTING_KEYS: z
    .string()
    .transform((keys) => keys.split(',').map((key) => key.trim()))
    .pipe(z.array(z.string().min(1, 'must be routing keys with commas between them')))
    .default(['notifications.info']),
  /** Event types of what is published; StackTach's documents say `compute.instance.exists.verified.old`. */
  PUBLISH_NOVA_EVENT: z.string().default('compute.instance.exists.verified'),
  PUBLISH_GLANCE_EVENT: z.string().default('image.exists.verified'),
  /** Days in one partition of the notifications. */
  PARTITION_DAYS: whole(1, 366).default(7),
}

export type Variable = keyof typeof variables
