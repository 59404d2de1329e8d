import { isSentinelUrl, parseSentinelUrl } from '@stacktach/runtime'
import { Cluster, Redis, type RedisOptions } from 'ioredis'

/** Client of one Redis server or of a cluster. */
export type Connection = Redis | Cluster

/**
 * A connection without any response for this long is reopened: its host may have died without closing it. Longer than a
 * worker's blocking command.
 */
const SOCKET_TIMEOUT_MS = 20_000

/** Of a master or a Sentinel: the host may be down. */
const CONNECT_TIMEOUT_MS = 5_000

/** Connection of a worker: it blocks, and waits indefinitely for an unavailable Redis. */
export function workerConnection(url: string): Connection {
  return connectionTo(url, { maxRetriesPerRequest: null, socketTimeout: SOCKET_TIMEOUT_MS })
}

/**
 * Connection of a producer: fails fast, since the pending work is in the database and is enqueued again later. Commands are
 * not queued while Redis is unavailable.
 */
export function producerConnection(url: string): Connection {
  return connectionTo(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 5_000,
    socketTimeout: SOCKET_TIMEOUT_MS,
  })
}

type Behaviour = Required<Pick<RedisOptions, 'maxRetriesPerRequest' | 'socketTimeout'>> &
  Pick<RedisOptions, 'commandTimeout' | 'enableOfflineQueue'>

function connectionTo(url: string, behaviour: Behaviour): Connection {
  if (isSentinelUrl(url)) return new Redis({ ...sentinelOptions(url), ...behaviour, retryStrategy: backoff })
  if (!isCluster(url)) return new Redis(url, { ...behaviour, retryStrategy: backoff })
  const { protocol, hostname, port, username, password } = new URL(url)
  const { enableOfflineQueue = true, ...ofEachNode } = behaviour
  return new Cluster([{ host: hostname, port: Number(port || 6379) }], {
    enableOfflineQueue,
    clusterRetryStrategy: backoff,
    redisOptions: {
      ...ofEachNode,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss+cluster:' ? { tls: {} } : {}),
    },
  })
}

/**
 * Options for the master that Sentinels name.
 *
 * @throws Error when the URL is invalid
 */
function sentinelOptions(url: string) {
  const parsed = parseSentinelUrl(url)
  if (parsed === null) throw new Error('REDIS_URL must be redis+sentinel://host:26379,host:26379/<master name>')
  const { sentinels, master, database, tls, username, password, sentinelUsername, sentinelPassword } = parsed
  return {
    sentinels,
    name: master,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    sentinelRetryStrategy: backoff,
    connectTimeout: CONNECT_TIMEOUT_MS,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    // A master that was replaced answers so until it is a replica's turn: 2 repeats the command on a new connection.
    reconnectOnError: (error: Error): false | 2 => (error.message.startsWith('READONLY') ? 2 : false),
  } satisfies RedisOptions
}

/** Whether a URL names a node of a Redis cluster: `redis+cluster://…`. */
function isCluster(url: string): boolean {
  return /^rediss?\+cluster:/.test(url)
}

/**
 * The prefix of every key. A cluster keeps keys with the same hash tag on one node, and BullMQ's scripts use several keys of
 * a queue at once.
 */
export function keyPrefix(url: string, prefix: string): string {
  return isCluster(url) ? `{${prefix}}` : prefix
}

/** Reports every error of a connection, and a connection that the server closed without an error. */
export function onConnectionError(connection: Connection, report: (error: Error) => void): void {
  let reported = false
  connection.on('error', (error: Error) => {
    reported = true
    report(error)
  })
  connection.on('reconnecting', () => {
    if (!reported) report(new Error('the connection was closed'))
    reported = false
  })
}

function backoff(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 6), 5_000)
}

const loginRejected = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/
const notRedis = /Unknown RESP type|Protocol error/i
const unknownMaster = /^All sentinels are unreachable/

const namesSentinel = 'REDIS_URL names a Sentinel, not Redis: set redis+sentinel://host:26379,host:26379/<master name>'

/** Describes a Redis error and what to do about it, in one sentence. */
export function describeRedisError(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : []
  const reason = error.message || (first instanceof Error ? first.message : '')
  const suffix = reason === '' ? '' : ` (${reason.split('\n')[0]})`
  if (loginRejected.test(reason)) return `login to Redis at REDIS_URL failed: check user and password${suffix}`
  if (unknownMaster.test(reason)) return `no Sentinel at REDIS_URL knows a master: check hosts and master name${suffix}`
  if (notRedis.test(reason)) return `the server at REDIS_URL is not Redis${suffix}`
  return `Redis at REDIS_URL does not answer: check host and port, and that Redis is running${suffix}`
}

/** An error that a retry does not fix, in one sentence. */
export interface PermanentRedisError {
  message: string
  /** The URL names a Sentinel, so no login or restart can help. */
  isSentinel: boolean
}

/**
 * Checks for errors that a retry does not fix.
 *
 * @param milliseconds how long to wait for a response
 * @returns null if Redis accepts the login or is unavailable
 */
export async function permanentRedisError(url: string, milliseconds = 3_000): Promise<PermanentRedisError | null> {
  const behaviour = { lazyConnect: true, connectTimeout: milliseconds, retryStrategy: () => null }
  const redis = isSentinelUrl(url)
    ? new Redis({ ...sentinelOptions(url), ...behaviour, sentinelRetryStrategy: () => null })
    : // Any node of a cluster can check the login.
      new Redis(url.replace('+cluster', ''), behaviour)
  const refusal = new Promise<PermanentRedisError | null>((resolve) => {
    redis.on('error', (error: Error) => {
      if (loginRejected.test(error.message) || notRedis.test(error.message)) {
        resolve({ message: describeRedisError(error), isSentinel: false })
      }
    })
    redis.once('ready', () => {
      redis.info('server').then(
        (info) => resolve(/redis_mode:sentinel/.test(info) ? { message: namesSentinel, isSentinel: true } : null),
        () => {},
      )
    })
    // An error may be emitted after the connection's end.
    redis.once('end', () => setTimeout(resolve, 100, null))
    setTimeout(resolve, milliseconds, null).unref()
  })
  redis.connect().catch(() => {})
  return refusal.finally(() => redis.disconnect())
}
