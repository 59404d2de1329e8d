/** How often a lasting problem is logged again. */
const REPEAT_INTERVAL_MS = 60_000

/** Problems that are remembered; more different ones at a time are logged without a limit. */
const MAX_PROBLEMS = 100

/**
 * Limits how often a recurring problem is logged: the first time, and then once a minute. Texts that differ only in numbers,
 * such as ports or attempts, are the same problem.
 *
 * @param log writes the text
 * @param now monotonic clock in milliseconds
 */
export function throttled(log: (text: string) => void, now: () => number = () => performance.now()) {
  const loggedAt = new Map<string, number>()
  return (text: string): void => {
    const problem = text.replace(/\d+/g, '0')
    const last = loggedAt.get(problem)
    if (last !== undefined && now() - last < REPEAT_INTERVAL_MS) return
    // The order of the map is that of the times.
    loggedAt.delete(problem)
    loggedAt.set(problem, now())
    const [oldest] = loggedAt.keys()
    if (loggedAt.size > MAX_PROBLEMS && oldest !== undefined) loggedAt.delete(oldest)
    log(text)
  }
}
