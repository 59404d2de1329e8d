import { type Duration, formatDuration } from '@stacktach/domain'
import { shortDuration } from '../view/durations.ts'

/** A duration in two units; the exact one is in the title. Null is shown as a dash. */
export function DurationText({ of: duration, none = '–' }: { of: Duration | null; none?: string }) {
  if (duration === null) return <span class="none">{none}</span>
  return (
    <span class="duration" title={formatDuration(duration)}>
      {shortDuration(duration)}
    </span>
  )
}
