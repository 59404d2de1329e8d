import { formatInstant, type Instant } from '@stacktach/domain'

/** Formats a time that may be null. */
export function instantCell(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}
