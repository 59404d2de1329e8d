import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'

/** Microseconds between two instants; negative when hosts' clocks differ. */
export type Duration = number

/**
 * `0d 00:14:11.71`: days, then hours, minutes and seconds, the fraction cut (not rounded) to two digits. A negative one
 * has a minus before the whole, which StackTach never got right.
 */
export function formatDuration(duration: Duration): string {
  const hundredths = Math.floor((Math.abs(duration) % SECOND) / 10_000)
  return `${formatWholeSeconds(duration)}.${pad(hundredths)}`
}

/** As formatDuration, without the fraction: `0d 00:14:11`. */
export function formatWholeSeconds(duration: Duration): string {
  const size = Math.abs(duration)
  const sign = duration < 0 ? '-' : ''
  const hours = pad(Math.floor((size % DAY) / HOUR))
  const minutes = pad(Math.floor((size % HOUR) / MINUTE))
  const seconds = pad(Math.floor((size % MINUTE) / SECOND))
  return `${sign}${Math.floor(size / DAY)}d ${hours}:${minutes}:${seconds}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
