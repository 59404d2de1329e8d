import { formatInstant, type Instant } from '@stacktach/domain'

/** A time of day that may not be set. */
export function instantCell(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}
