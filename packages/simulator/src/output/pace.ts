import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { SimulatedMessage } from './message.ts'

/** How fast messages are sent. */
export type Pace = {
  /** Messages per second; 0 is as fast as the consumer reads them. */
  readonly rate: number
  /** Whether each message is held until its own time. */
  readonly live: boolean
}

// Often enough to react to a signal at once, rarely enough to cost nothing.
const YIELD_INTERVAL_MESSAGES = 200

/** Milliseconds until the message may be sent. */
function delayMs(message: SimulatedMessage, sent: number, startedAt: number, pace: Pace): number {
  const byClock = pace.live ? message.when / 1000 - Date.now() : 0
  const byRate = pace.rate > 0 ? startedAt + (1000 * sent) / pace.rate - Date.now() : 0
  return Math.max(byClock, byRate)
}

/** Yields the messages at the given pace; ends early and without an error when `signal` is aborted. */
export async function* paced(
  messages: Iterable<SimulatedMessage>,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<SimulatedMessage, void, void> {
  const startedAt = Date.now()
  let sent = 0
  try {
    for (const message of messages) {
      if (signal.aborted) return
      const delay = delayMs(message, sent, startedAt, pace)
      if (delay >= 1) await sleep(delay, undefined, { signal })
      else if ((sent + 1) % YIELD_INTERVAL_MESSAGES === 0) await setImmediate(undefined, { signal })
      yield message
      sent += 1
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
