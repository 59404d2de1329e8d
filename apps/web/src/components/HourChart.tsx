import { DAY, formatInstant, type Instant, type TimePeriod } from '@stacktach/domain'
import type { HourCount } from '../view/hours.ts'
import { isoInstant } from '../view/links.ts'
import { type Bar, Bars } from './Bars.tsx'

interface Props {
  /** What is counted, in the plural, e.g. `failed attempts`. */
  of: string
  period: TimePeriod
  /** One for each step of the period. */
  counts: readonly HourCount[]
  /** The list of a step. */
  hrefOf?: (step: TimePeriod) => string
  tone?: 'bad' | 'accent'
}

/** Bars over a period, one per hour or day, with its ends and its largest value below. */
export function HourChart({ of, period, counts, hrefOf, tone = 'bad' }: Props) {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const largest = counts.reduce((most, { count }) => Math.max(most, count), 0)
  const unit = counts[0]?.step === DAY ? 'day' : 'hour'
  const bars = counts.map(({ from, step, count }): Bar => {
    // The first and the last step can be cut off by the period, as their counts are.
    const part = { from: Math.max(from, period.from), until: Math.min(from + step, period.until) }
    return {
      label: unit === 'day' ? minuteOf(from).slice(0, 10) : minuteOf(from),
      count,
      to: count === 0 ? undefined : hrefOf?.(part),
    }
  })
  return (
    <div class="hour-chart">
      <Bars title={`${total.toLocaleString('en')} ${of} by ${unit}`} bars={bars} height={56} tone={tone} />
      <p class="chart-scale">
        <Minute at={period.from} />
        <span>{largest === 0 ? `no ${of}` : `at most ${largest.toLocaleString('en')} in one ${unit}`}</span>
        <Minute at={period.until} />
      </p>
    </div>
  )
}

function Minute({ at }: { at: Instant }) {
  return (
    <time datetime={isoInstant(at)} title={`${formatInstant(at)} UTC`}>
      {`${minuteOf(at)} UTC`}
    </time>
  )
}

function minuteOf(instant: Instant): string {
  return formatInstant(instant).slice(0, 16)
}
