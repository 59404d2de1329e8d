import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'

/** Microseconds between two instants; negative when hosts' clocks differ. */
export type Duration = number

/**
 * Formats as `0d 00:14:11.71`: days, hours, minutes and seconds, the fraction truncated to two digits. A negative
 * duration starts with a minus sign (StackTach formats these incorrectly).
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
