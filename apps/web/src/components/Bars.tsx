import { PageLink } from './PageLink.tsx'

/** A bar of a chart. */
export interface Bar {
  /** What the bar counts, e.g. `2026-11-20 12:00`. */
  label: string
  count: number
  /** The list of what it counts. */
  to?: string | undefined
}

interface Props {
  /** What the chart shows, for screen readers. */
  title: string
  bars: readonly Bar[]
  /** Height in pixels. */
  height?: number
  tone?: 'bad' | 'accent'
}

const BAR_WIDTH = 8
const GAP = 2

/**
 * A small bar chart as SVG. Each bar with a link is a link to what it counts; a bar of more than zero is at least two
 * pixels high.
 */
export function Bars({ title, bars, height = 48, tone = 'accent' }: Props) {
  const largest = Math.max(1, ...bars.map(({ count }) => count))
  const width = Math.max(1, bars.length * (BAR_WIDTH + GAP) - GAP)
  const isList = bars.some(({ to }) => to !== undefined)
  return (
    <figure class="bars-figure">
      <svg
        class={`bars ${tone}`}
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        preserveAspectRatio="none"
        role={isList ? 'group' : 'img'}
        aria-label={title}
      >
        <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} class="axis" />
        {bars.map((bar, index) => {
          const size = bar.count === 0 ? 0 : Math.max(2, Math.round((bar.count / largest) * (height - 2)))
          const x = index * (BAR_WIDTH + GAP)
          const text = `${bar.label}: ${bar.count.toLocaleString('en')}`
          const shape = (
            <g>
              <title>{text}</title>
              <rect x={x} y={0} width={BAR_WIDTH + GAP} height={height} class="target" />
              <rect x={x} y={height - size} width={BAR_WIDTH} height={size} class="bar" />
            </g>
          )
          return bar.to === undefined ? (
            <g key={bar.label}>{shape}</g>
          ) : (
            <PageLink key={bar.label} to={bar.to} label={text}>
              {shape}
            </PageLink>
          )
        })}
      </svg>
      <figcaption class="visually-hidden">{title}</figcaption>
    </figure>
  )
}
