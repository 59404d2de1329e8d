import { formatInstant } from '@stacktach/domain'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { isoInstant } from '../view/links.ts'
import type { HistogramBar } from './histogram.ts'

interface Props {
  bars: readonly HistogramBar[]
  /** The length of a bar in words. */
  step: string
  /** The list of a bar. */
  hrefOf: (from: string, until: string) => string
}

const HEIGHT = 64
const WIDTH = 8
const GAP = 2

/** The notifications over time, errors in their own color at the bottom of each bar. A bar is a link to its time. */
export function HistogramView({ bars, step, hrefOf }: Props) {
  const largest = Math.max(1, ...bars.map(({ count }) => count))
  const width = bars.length * (WIDTH + GAP)
  const total = bars.reduce((sum, { count }) => sum + count, 0)
  const errors = bars.reduce((sum, { errors }) => sum + errors, 0)
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, Math.round((count / largest) * (HEIGHT - 6))))
  const [first] = bars
  const last = bars.at(-1)
  if (first === undefined || last === undefined) return null
  return (
    <figure class="search-chart">
      {/* biome-ignore lint/a11y/useSemanticElements: a figure in SVG has no fieldset */}
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="group"
        aria-label={`Notifications by ${step}`}
      >
        <line x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} class="axis" />
        {bars.map(({ from, until, count, errors }, index) => {
          const text = `${formatInstant(from).slice(0, 19)}: ${count.toLocaleString('en')} notifications${errors === 0 ? '' : `, ${errors.toLocaleString('en')} errors`}`
          const [whole, bad] = [heightOf(count), heightOf(errors)]
          const x = index * (WIDTH + GAP)
          const shapes = (
            <g>
              <title>{text}</title>
              <rect x={x} y={0} width={WIDTH + GAP} height={HEIGHT} class="target" />
              <rect x={x + GAP / 2} y={HEIGHT - whole} width={WIDTH} height={whole} class="bar" />
              {bad === 0 ? null : <rect x={x + GAP / 2} y={HEIGHT - bad} width={WIDTH} height={bad} class="bar bad" />}
            </g>
          )
          return count === 0 ? (
            <g key={from}>{shapes}</g>
          ) : (
            <PageLink key={from} to={hrefOf(isoInstant(from), isoInstant(until))} label={text}>
              {shapes}
            </PageLink>
          )
        })}
      </svg>
      <figcaption>
        <Time at={first.from} around={false} />
        <span>
          <b>{total.toLocaleString('en')}</b>
          {' notifications, '}
          <b class={errors > 0 ? 'bad-text' : undefined}>{errors.toLocaleString('en')}</b>
          {` errors · one bar is 1 ${step}`.replace('1 1', '1').replace(/is 1 (\d)/, 'is $1')}
        </span>
        <Time at={last.until} around={false} />
      </figcaption>
    </figure>
  )
}
