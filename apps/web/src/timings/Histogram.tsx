import type { DurationFigures } from '@stacktach/db'
import { shortDuration } from '../view/durations.ts'
import { type Bin, binsOf, countMarks, marksWithin, placeOf } from './bins.ts'

const WIDTH = 960
const HEIGHT = 240
const LEFT = 52
const RIGHT = 12
const TOP = 22
const BOTTOM = 24
const PLOT_WIDTH = WIDTH - LEFT - RIGHT
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
const MOST_BARS = 72

/**
 * The durations as bars on a logarithmic scale. The script draws them in full resolution in its place, from the data of the
 * figure.
 */
export function Histogram({ name, figures }: { name: string; figures: DurationFigures }) {
  const { count, median, p95, p99, max, buckets } = figures
  const bins = binsOf(buckets, MOST_BARS)
  const scale = scaleOf(bins, max)
  const largest = Math.max(...bins.map(({ count }) => count))
  const levels = countMarks(largest)
  const top = levels.at(-1) ?? 1
  const y = (count: number) => TOP + PLOT_HEIGHT * (1 - count / top)
  const x = (duration: number) => LEFT + PLOT_WIDTH * placeOf(duration, scale)
  const summary = `${count.toLocaleString('en')} durations of ${name}: median ${shortDuration(median)}, p95 ${shortDuration(p95)}, p99 ${shortDuration(p99)}, longest ${shortDuration(max)}`
  return (
    <figure
      class="histogram"
      data-histogram={JSON.stringify(
        buckets.map(({ from, until, count }) => [from, Math.min(until, scale.until), count]),
      )}
      data-marks={JSON.stringify([
        ['median', median],
        ['p95', p95],
        ['p99', p99],
      ])}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary}>
        {levels.map((level) => (
          <g key={level}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(level)} y2={y(level)} class={level === 0 ? 'axis' : 'grid'} />
            <text x={LEFT - 8} y={y(level) + 4} text-anchor="end">
              {level.toLocaleString('en')}
            </text>
          </g>
        ))}
        {bins.map((bin, index) => {
          const left = LEFT + (PLOT_WIDTH * index) / bins.length
          const width = PLOT_WIDTH / bins.length
          const height = bin.count === 0 ? 0 : Math.max(1.5, y(0) - y(bin.count))
          return (
            <g key={bin.from}>
              <title>{binLabel(bin)}</title>
              <rect x={left} y={TOP} width={width} height={PLOT_HEIGHT} class="target" />
              <rect
                x={left + Math.min(1, width / 8)}
                y={y(0) - height}
                width={Math.min(BAR_WIDTH, width * 0.9)}
                height={height}
                class="bar"
              />
            </g>
          )
        })}
        {marksWithin(scale, 0.07).map((mark) => (
          <text key={mark} x={x(mark)} y={HEIGHT - 6} text-anchor="middle">
            {shortDuration(mark).replace(/\.0+ /, ' ')}
          </text>
        ))}
        {(
          [
            ['p99', p99],
            ['p95', p95],
            ['median', median],
          ] as const
        ).map(([label, value]) => (
          <g key={label} class="mark">
            <line x1={x(value)} x2={x(value)} y1={TOP - 18} y2={y(0)} />
            <text x={x(value) + (label === 'p99' ? 4 : -4)} y={TOP - 8} text-anchor={label === 'p99' ? 'start' : 'end'}>
              {label}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  )
}

/** Few durations have few bars, which should not look like a wall. */
const BAR_WIDTH = 40

/** The bars as a text: the durations and their count. */
function binLabel({ from, until, count }: Bin): string {
  const end = Number.isFinite(until)
    ? `${shortDuration(from)} to ${shortDuration(until)}`
    : `${shortDuration(from)} or more`
  return `${end}: ${count.toLocaleString('en')}`
}

/** From the first to the last bar; the last possible one has no end of its own. */
function scaleOf(bins: readonly Bin[], max: number): { from: number; until: number } {
  const from = bins[0]?.from ?? 0
  const until = bins.at(-1)?.until ?? max
  return { from, until: Number.isFinite(until) ? until : Math.max(max, from * 2) }
}

/** The bars of the histogram for a table: those with a count. */
export function binRows({ buckets }: DurationFigures): Bin[] {
  return binsOf(buckets, MOST_BARS).filter(({ count }) => count > 0)
}
