import { Redis } from 'ioredis'

/**
 * Milliseconds without an answer after which a connection counts as dead and is made anew: its host may be gone without a
 * word. Longer than a worker ever waits for a job in one command.
 */
const SILENCE = 20_000

/** Of a worker: it blocks, and waits for a Redis that is away as long as it takes. */
export function workerConnection(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, socketTimeout: SILENCE, retryStrategy: backoff })
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
    socketTimeout: SILENCE,
    retryStrategy: backoff,
  })
}

function backoff(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 6), 5_000)
}
