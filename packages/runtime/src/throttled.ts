/** How often a lasting problem is logged again. */
const REPEAT_INTERVAL_MS = 60_000

/**
 * Limits how often a recurring problem is logged: the first time, whenever its text changes, and then once a minute.
 *
 * @param log writes the text
 * @param now monotonic clock in milliseconds
 */
export function throttled(log: (text: string) => void, now: () => number = () => performance.now()) {
  let last: { text: string; at: number } | undefined
  return (text: string): void => {
    if (last?.text === text && now() - last.at < REPEAT_INTERVAL_MS) return
    last = { text, at: now() }
    log(text)
  }
}
