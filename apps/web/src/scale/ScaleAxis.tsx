import { formatInstant, type Instant } from '@stacktach/domain'
import { shortDuration } from '../view/durations.ts'
import { useView } from '../view/view.ts'
import type { Scale } from './scale.ts'

/** Height of the axis above the rows, in pixels; CSS has the same value. */
export const AXIS_HEIGHT = 52

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
            {width < NARROW_PAUSE
              ? '‖'
              : `‖ ${shortDuration(until - from)
                  .split(' ')
                  .slice(0, 2)
                  .join(' ')} ‖`}
          </text>
        </g>
      ))}
      {scale.ticks.map(({ at, x, isNewDay, isPrecise, isLeft }) => (
        <g key={at} class="tick">
          <line x1={`${x}%`} x2={`${x}%`} y1={31} y2={height} />
          {isNewDay && times !== 'elapsed' ? (
            <text x={`${x}%`} y={12} text-anchor={isLeft ? 'end' : 'start'} class="date">
              {formatInstant(at).slice(0, 10)}
            </text>
          ) : null}
          <text x={`${x}%`} y={27} text-anchor={isLeft ? 'end' : 'start'}>
            {times === 'elapsed' ? `+${shortDuration(at - scale.from)}` : clock(at, isPrecise)}
          </text>
        </g>
      ))}
    </g>
  )
}

/** The time of day in UTC. */
function clock(at: Instant, isPrecise: boolean): string {
  const [whole = '', fraction = ''] = formatInstant(at).slice(11).split('.')
  return isPrecise ? `${whole}.${fraction.slice(0, 3).padEnd(3, '0')}` : whole
}
