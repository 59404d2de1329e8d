import { type Database, type DatabaseOptions, openDatabase } from '@stacktach/db'
import { describeRedisError, Producer } from '@stacktach/jobs'
import { operatorConfig } from '@stacktach/runtime'

/** Milliseconds that Redis has to answer in. */
const REDIS_PATIENCE = 5_000

/** Works with the database of the environment, and closes it. Only a command that changes something may write. */
export function withDatabase<T>(mode: 'reads' | 'writes', work: (database: Database) => Promise<T>): Promise<T> {
  return withOpen({ url: operatorConfig(process.env).DATABASE_URL, size: 2, readOnly: mode === 'reads' }, work)
}

/** Works with the replica that the api reads, and closes it; null when there is none. */
export async function withReplica<T>(work: (replica: Database) => Promise<T>): Promise<T | null> {
  const { DATABASE_URL, DATABASE_READ_URL: url = DATABASE_URL } = operatorConfig(process.env)
  return url === DATABASE_URL ? null : withOpen({ url, size: 1, readOnly: true }, work)
}

async function withOpen<T>(
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

/** What ioredis says of a server that is away. */
const redisAway = /isn't writeable|Connection is closed|Command timed out|max retries per request/

/**
 * Works with the queues of the environment, and leaves them.
 *
 * @throws Error that says so when Redis does not answer
 */
export async function withQueues<T>(
  work: (producer: Producer) => Promise<T>,
  milliseconds: number = REDIS_PATIENCE,
): Promise<T> {
  const { REDIS_URL, REDIS_PREFIX } = operatorConfig(process.env)
  let last = new Error('')
  const producer = new Producer(REDIS_URL, REDIS_PREFIX, (error) => {
    last = error
  })
  const away = (error: Error) => new Error(describeRedisError(error))
  try {
    await producer.ready(milliseconds).catch(() => {
      throw away(last)
    })
    return await work(producer).catch((error: unknown) => {
      throw error instanceof Error && redisAway.test(error.message) ? away(error) : error
    })
  } finally {
    await producer.close()
  }
}
