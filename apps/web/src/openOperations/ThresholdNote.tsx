import { STUCK_AFTER, STUCK_FACTOR } from '@stacktach/domain'
import { Note } from '../components/Note.tsx'
import { shortDuration } from '../view/durations.ts'

/** What stuck means, with its numbers. */
export function ThresholdNote() {
  return (
    <Note>
      {`An operation has started and not ended. It is stuck when it is older than ${shortDuration(STUCK_AFTER)} and than `}
      {`${STUCK_FACTOR} × the p99 of the finished operations of its name, in all deployments. p99: the duration that 99 % did `}
      not exceed.
    </Note>
  )
}
