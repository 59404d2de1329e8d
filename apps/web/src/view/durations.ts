import { DAY, type Duration, HOUR, MINUTE, SECOND } from '@stacktach/domain'

const MILLISECOND = 1_000

/**
 * A duration with two units or three digits, e.g. `420 µs`, `1.24 s`, `2 min 03 s`, `3 h 12 min`, `41 d 4 h`. Negative when
 * hosts' clocks differ.
 */
export function shortDuration(duration: Duration): string {
  const sign = duration < 0 ? '−' : ''
  return `${sign}${positive(Math.abs(duration))}`
}

function positive(duration: Duration): string {
  if (duration < MILLISECOND) return `${duration} µs`
  if (duration < 999.5 * MILLISECOND) return `${digits(duration / MILLISECOND)} ms`
  if (duration < 59.95 * SECOND) return `${digits(duration / SECOND)} s`
  if (duration < HOUR - SECOND / 2) return twoUnits(Math.round(duration / SECOND), 60, 'min', 's')
  if (duration < DAY - MINUTE / 2) return twoUnits(Math.round(duration / MINUTE), 60, 'h', 'min')
  return twoUnits(Math.round(duration / HOUR), 24, 'd', 'h')
}

/** Three significant digits. */
function digits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

function twoUnits(count: number, size: number, large: string, small: string): string {
  const rest = count % size
  return `${Math.floor(count / size)} ${large}${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')} ${small}`}`
}

/** The distance of an instant from now, in words: `3 min ago`, `in 2 h`. */
export function relativeTime(difference: Duration): string {
  const size = Math.abs(difference)
  if (size < SECOND) return 'now'
  const [unit, name] =
    size < MINUTE ? [SECOND, 's'] : size < HOUR ? [MINUTE, 'min'] : size < 2 * DAY ? [HOUR, 'h'] : [DAY, 'd']
  const count = `${Math.floor(size / unit)} ${name}`
  return difference < 0 ? `${count} ago` : `in ${count}`
}
