import { Redis } from 'ioredis'

/** Of a worker: it blocks, and waits for a Redis that is away as long as it takes. */
export function workerConnection(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, retryStrategy: backoff })
}

/**
 * Of a producer: fails fast, since what it rings for is in the database and will be rung for again. Commands are not kept
 * for a Redis that is away.
 */
export function producerConnection(url: string): Redis {
  return new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 5_000,
    retryStrategy: backoff,
  })
}

function backoff(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 6), 5_000)
}
