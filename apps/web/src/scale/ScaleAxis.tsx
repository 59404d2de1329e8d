import { formatInstant, type Instant } from '@stacktach/domain'
import { shortDuration } from '../view/durations.ts'
import { useView } from '../view/view.ts'
import type { Scale } from './scale.ts'

/** Height of the axis above the rows, in pixels; CSS has the same value. */
export const AXIS_HEIGHT = 38

/** Height of a row, in pixels; CSS has the same value. */
export const ROW_HEIGHT = 28

const NARROW_PAUSE = 4.5

/** The axis of a chart: ticks with their times, and pauses as bands through all rows. */
export function ScaleAxis({ scale, height }: { scale: Scale; height: number }) {
  const { times } = useView()
  return (
    <g class="scale-axis">
      {scale.pauses.map(({ from, until, x, width }) => (
        <g key={from} class="pause">
          <title>{`${shortDuration(until - from)} without activity, until ${formatInstant(until)} UTC`}</title>
          <rect x={`${x}%`} y={AXIS_HEIGHT - 20} width={`${width}%`} height={height - AXIS_HEIGHT + 20} />
          <text x={`${x + width / 2}%`} y={AXIS_HEIGHT - 7} text-anchor="middle">
            {width < NARROW_PAUSE ? '‖' : `‖ ${shortDuration(until - from).split(' ').slice(0, 2).join(' ')} ‖`}
          </text>
        </g>
      ))}
      {scale.ticks.map(({ at, x, isNewDay }) => (
        <g key={at} class="tick">
          <line x1={`${x}%`} x2={`${x}%`} y1={AXIS_HEIGHT - 4} y2={height} />
          <text x={`${x}%`} y={13} text-anchor={x > 88 ? 'end' : 'start'}>
            {tickLabel(at, times === 'elapsed' ? scale.from : null, isNewDay)}
          </text>
        </g>
      ))}
    </g>
  )
}

/** The time of day, with the date where it changes; elapsed since `origin` if there is one. */
function tickLabel(at: Instant, origin: Instant | null, isNewDay: boolean): string {
  if (origin !== null) return `+${shortDuration(at - origin)}`
  const [date = '', time = ''] = formatInstant(at).split(' ')
  const clock = time.replace(/(\.\d{3})\d+$/, '$1')
  return isNewDay ? `${date} ${clock}` : clock
}
