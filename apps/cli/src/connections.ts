import { type Database, type DatabaseOptions, openDatabase } from '@stacktach/db'
import { describeRedisError, Producer } from '@stacktach/jobs'
import { operatorConfig, throttled } from '@stacktach/runtime'

const REDIS_CONNECT_TIMEOUT_MS = 5_000

/** Runs `work` with the database of DATABASE_URL and closes it. Connections in mode `reads` are read-only. */
export function withDatabase<T>(mode: 'reads' | 'writes', work: (database: Database) => Promise<T>): Promise<T> {
  const readOnly = mode === 'reads' && 'if possible'
  return withOpenDatabase({ url: operatorConfig(process.env).DATABASE_URL, size: 2, readOnly }, work)
}

/** Runs `work` with the replica of DATABASE_READ_URL and closes it; returns null when no replica is configured. */
export async function withReplica<T>(work: (replica: Database) => Promise<T>): Promise<T | null> {
  const { DATABASE_URL, DATABASE_READ_URL: url = DATABASE_URL } = operatorConfig(process.env)
  return url === DATABASE_URL
    ? null
    : withOpenDatabase({ url, variable: 'DATABASE_READ_URL', size: 1, readOnly: true }, work)
}

async function withOpenDatabase<T>(
  options: Omit<DatabaseOptions, 'applicationName'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ ...options, applicationName: 'stacktach command' })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** ioredis's messages for a lost or missing connection. */
const redisUnavailable = /isn't writeable|Connection is closed|Command timed out|max retries per request/

/**
 * Runs `work` with the job queues of REDIS_URL and disconnects.
 *
 * @throws Error that describes the problem when Redis is unavailable
 */
export async function withQueues<T>(
  work: (producer: Producer) => Promise<T>,
  connectTimeoutMs: number = REDIS_CONNECT_TIMEOUT_MS,
): Promise<T> {
  const { REDIS_URL, REDIS_PREFIX } = operatorConfig(process.env)
  let lastError = new Error('')
  const onError = (error: Error) => {
    lastError = error
  }
  const producer = new Producer(
    REDIS_URL,
    REDIS_PREFIX,
    onError,
    throttled((text) => console.error(`warning: ${text}`)),
  )
  try {
    await producer.ready(connectTimeoutMs).catch(() => {
      throw new Error(describeRedisError(lastError))
    })
    return await work(producer).catch((error: unknown) => {
      const unavailable = error instanceof Error && redisUnavailable.test(error.message)
      throw unavailable ? new Error(describeRedisError(error)) : error
    })
  } finally {
    await producer.close()
  }
}
