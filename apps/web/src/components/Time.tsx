import { formatInstant, type Instant } from '@stacktach/domain'
import { useContext } from 'preact/hooks'
import { relativeTime, shortDuration } from '../view/durations.ts'
import { aroundHref, isoInstant } from '../view/links.ts'
import { OriginContext, useView } from '../view/view.ts'
import { PageLink } from './PageLink.tsx'

interface Props {
  /** Null is shown as a dash. */
  at: Instant | null
  /** Whether it links to all notifications within one minute around it. */
  around?: boolean
  /** What a null time means, instead of a dash. */
  none?: string
}

/**
 * A time in the page's form: UTC with milliseconds, local (by the script; UTC without it), relative to now, or elapsed since
 * the page's origin. The exact time is in the title and in `datetime`.
 */
export function Time({ at, around = true, none = '–' }: Props) {
  const { times, now } = useView()
  const origin = useContext(OriginContext)
  if (at === null) return <span class="none">{none}</span>
  const exact = formatInstant(at)
  const time = (
    <time datetime={isoInstant(at)} title={`${exact} UTC`} data-local={times === 'local' ? '' : undefined}>
      {times === 'relative'
        ? relativeTime(at - now)
        : times === 'elapsed' && origin !== null
          ? `+${shortDuration(at - origin)}`.replace('+−', '−')
          : milliseconds(exact)}
    </time>
  )
  return around ? (
    <PageLink to={aroundHref(at)} class="time">
      {time}
    </PageLink>
  ) : (
    <span class="time">{time}</span>
  )
}

/** With exactly three digits of the fraction, so that times in a column align. */
function milliseconds(text: string): string {
  const [whole = '', fraction = ''] = text.split('.')
  return `${whole}.${fraction.slice(0, 3).padEnd(3, '0')}`
}
