import { Cluster, Redis, type RedisOptions } from 'ioredis'

/** What speaks to Redis, one server or a cluster. */
export type Connection = Redis | Cluster

/**
 * Milliseconds without an answer after which a connection counts as dead and is made anew: its host may be gone without a
 * word. Longer than a worker ever waits for a job in one command.
 */
const SILENCE = 20_000

/** Of a worker: it blocks, and waits for a Redis that is away as long as it takes. */
export function workerConnection(url: string): Connection {
  return connectionTo(url, { maxRetriesPerRequest: null, socketTimeout: SILENCE })
}

/**
 * Of a producer: fails fast, since what it rings for is in the database and will be rung for again. Commands are not kept
 * for a Redis that is away.
 */
export function producerConnection(url: string): Connection {
  return connectionTo(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 5_000,
    socketTimeout: SILENCE,
  })
}

type Behaviour = Required<Pick<RedisOptions, 'maxRetriesPerRequest' | 'socketTimeout'>> &
  Pick<RedisOptions, 'commandTimeout' | 'enableOfflineQueue'>

function connectionTo(url: string, behaviour: Behaviour): Connection {
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

/** Whether a URL names a node of a Redis cluster: `redis+cluster://…`. */
function isCluster(url: string): boolean {
  return /^rediss?\+cluster:/.test(url)
}

/**
 * The prefix of every key. A cluster keeps keys with the same hash tag on one node, and BullMQ's scripts touch many of a queue
 * at once.
 */
export function keyPrefix(url: string, prefix: string): string {
  return isCluster(url) ? `{${prefix}}` : prefix
}

/** Tells of every error of a connection, and of a server that closes it without a word. */
export function onConnectionError(connection: Connection, tell: (error: Error) => void): void {
  let told = false
  connection.on('error', (error: Error) => {
    told = true
    tell(error)
  })
  connection.on('reconnecting', () => {
    if (!told) tell(new Error('the connection was closed'))
    told = false
  })
}

function backoff(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 6), 5_000)
}

/** What is wrong with Redis, in one sentence that says what to do. */
export function describeRedisError(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : []
  const reason = error.message || (first instanceof Error ? first.message : '')
  const because = reason === '' ? '' : ` (${reason.split('\n')[0]})`
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/.test(reason))
    return `Redis of REDIS_URL does not let us in; see the user and the password${because}`
  if (/Unknown RESP type|Protocol error/i.test(reason)) return `what answers at REDIS_URL is not Redis${because}`
  return `Redis of REDIS_URL does not answer; see that it runs and can be reached${because}`
}

/** What trying again does not mend: these credentials, or a server that is no Redis. */
const hopeless = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)|Unknown RESP type|Protocol error/

/**
 * Why Redis will never do, in one sentence; null when it lets us in, or is away and may yet.
 *
 * @param milliseconds that it is waited for
 */
export async function permanentRedisError(url: string, milliseconds = 3_000): Promise<string | null> {
  // Any node of a cluster says as well as its whole whether it lets us in.
  const redis = new Redis(url.replace('+cluster', ''), {
    lazyConnect: true,
    connectTimeout: milliseconds,
    retryStrategy: () => null,
  })
  const refusal = new Promise<string | null>((resolve) => {
    redis.on('error', (error: Error) => {
      if (hopeless.test(error.message)) resolve(describeRedisError(error))
    })
    redis.once('ready', () => resolve(null))
    // An error may be told of after the connection's end.
    redis.once('end', () => setTimeout(resolve, 100, null))
    setTimeout(resolve, milliseconds, null).unref()
  })
  redis.connect().catch(() => {})
  return refusal.finally(() => redis.disconnect())
}
