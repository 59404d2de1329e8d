import { setTimeout as sleep } from 'node:timers/promises'

const POLL_INTERVAL_MS = 40

/**
 * Resolves when the condition holds, checking it every 40 ms.
 *
 * @param condition in words, for the error
 * @throws Error when the condition does not hold within the timeout
 */
export async function until(
  holds: () => Promise<boolean> | boolean,
  timeoutMs = 20_000,
  condition: string | (() => string | Promise<string>) = 'the condition',
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${typeof condition === 'string' ? condition : await condition()}`)
    }
    await sleep(POLL_INTERVAL_MS)
  }
}
