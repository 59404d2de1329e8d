import type { Outcome } from '@stacktach/domain'

/** The outcome as a shape, so that it can be seen without colors. */
export function EndMark({ outcome }: { outcome: Outcome }) {
  switch (outcome) {
    case 'done':
      return <circle class="mark" cx="0" cy="0" r="5" />
    case 'failed':
      return (
        <g class="mark">
          <circle class="mark-back" cx="0" cy="0" r="7" />
          <path d="M-4.5 -4.5 L4.5 4.5 M-4.5 4.5 L4.5 -4.5" />
        </g>
      )
    case 'open':
      return <path class="mark" d="M-4 -6 L4 0 L-4 6" />
    case 'abandoned':
      return <rect class="mark" x="-5" y="-5" width="10" height="10" />
  }
}
