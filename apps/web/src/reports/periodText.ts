import { formatInstant, type Instant, MINUTE } from '@stacktach/domain'

/** `2026-11-20 12:00 – 13:00`: to the minute, and without a date that both ends share. */
export function reportPeriodText(start: Instant, end: Instant): string {
  // Some reports end with the last second of their period.
  const until = end % MINUTE === 59_000_000 ? end + 1_000_000 : end
  const [from, to] = [start, until].map((instant) => formatInstant(instant).slice(0, 16))
  const isSameDay = from?.slice(0, 10) === to?.slice(0, 10)
  const areDays = from?.endsWith(' 00:00') && to?.endsWith(' 00:00')
  if (areDays) return `${from?.slice(0, 10)} – ${to?.slice(0, 10)}`
  return `${from} – ${isSameDay ? to?.slice(11) : to}`
}
