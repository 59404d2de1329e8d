import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Micros } from '../core/time.ts'
import type { SimulatedMessage } from './message.ts'

/** How fast messages go out. */
export type Pace = {
  /** Messages per second; 0 is as fast as they can be taken. */
  readonly rate: number
  /** Each message waits until its own time has come. */
  readonly live: boolean
}

// Often enough that a signal is heard at once, seldom enough to cost nothing.
const breath = 200

/** Milliseconds for which a message has to wait. */
function delayOf(message: SimulatedMessage, sent: number, started: number, pace: Pace): number {
  const byClock = pace.live ? message.when / 1000 - Date.now() : 0
  const byRate = pace.rate > 0 ? started + (1000 * sent) / pace.rate - Date.now() : 0
  return Math.max(byClock, byRate)
}

/** The same messages, each in its time; ends early, and without an error, when `signal` is aborted. */
export async function* paced(
  messages: Iterable<SimulatedMessage>,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<SimulatedMessage, void, void> {
  const started = Date.now()
  let sent = 0
  try {
    for (const message of messages) {
      if (signal.aborted) return
      const delay = delayOf(message, sent, started, pace)
      if (delay >= 1) await setTimeout(delay, undefined, { signal })
      else if (sent % breath === breath - 1) await setImmediate(undefined, { signal })
      yield message
      sent += 1
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** The wall clock, in microseconds. */
export function wallClock(): Micros {
  return Date.now() * 1000
}
