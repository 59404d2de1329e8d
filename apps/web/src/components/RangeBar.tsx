import type { Duration } from '@stacktach/domain'

interface Props {
  median: Duration
  p95: Duration
  p99: Duration
  max: Duration
  /** The ends of the scale, which all ranges of a column share. */
  scale: { from: Duration; until: Duration }
}

const WIDTH = 440
const HEIGHT = 14

/** Durations on a logarithmic scale: a bar from the median to the 99th percentile, and a mark at the longest. */
export function RangeBar({ median, p95, p99, max, scale }: Props) {
  const from = Math.log(Math.max(1, scale.from))
  const length = Math.max(Number.EPSILON, Math.log(Math.max(1, scale.until)) - from)
  const x = (duration: Duration) =>
    Math.round(Math.max(0, Math.min(1, (Math.log(Math.max(1, duration)) - from) / length)) * (WIDTH - 4)) + 1
  return (
    <svg class="range-bar" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} class="axis" />
      <rect x={x(median)} y={3} width={Math.max(2, x(p99) - x(median))} height={8} rx={2} class="range" />
      <rect x={x(median)} y={3} width={Math.max(2, x(p95) - x(median))} height={8} rx={2} class="core" />
      <rect x={x(max)} y={2} width={2} height={10} class="max" />
    </svg>
  )
}
