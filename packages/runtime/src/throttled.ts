/** Milliseconds after which a trouble that lasts is told of again. */
const INTERVAL = 60_000

/**
 * Tells of a trouble that comes again and again: at its first time, whenever its text changes, and then once a minute.
 *
 * @param now milliseconds that only grow
 */
export function throttled(tell: (text: string) => void, now: () => number = () => performance.now()) {
  let last: { text: string; at: number } | undefined
  return (text: string): void => {
    if (last?.text === text && now() - last.at < INTERVAL) return
    last = { text, at: now() }
    tell(text)
  }
}
