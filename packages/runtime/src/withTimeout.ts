import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Limits the time that a caller waits for `work`. The work itself continues.
 *
 * @param message of the error when `work` takes longer than `timeoutMs`
 * @throws Error with `message` on timeout; the error of `work` when it fails in time
 */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  const abort = new AbortController()
  const timeout = sleep(timeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(message)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    // A running timer would keep the process alive.
    timeout.catch(() => {})
    abort.abort()
  }
}

/** Waits until `work` ends, successfully or not, but at most `timeoutMs`. Never throws. */
export async function settleWithin(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  await withTimeout(work, timeoutMs, 'timeout').catch(() => {})
}
