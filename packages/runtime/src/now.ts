/** The current time in microseconds of unix time. For entry points only: all other code takes a clock as a parameter. */
export function now(): number {
  return Date.now() * 1000
}
