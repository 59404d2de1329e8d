/** The current time in microseconds of unix time. For entrypoints only: everything else receives a clock. */
export function now(): number {
  return Date.now() * 1000
}
