import { settleWithin } from '@stacktach/runtime'

const CLOSE_TIMEOUT_MS = 1_000

/** Closes or cancels something, waits at most a second, and ignores failures: on a dead connection the request hangs. */
export function closeQuietly(close: () => Promise<unknown>): Promise<void> {
  return settleWithin((async () => close())(), CLOSE_TIMEOUT_MS)
}
