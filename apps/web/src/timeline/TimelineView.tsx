import { type Attempt, formatInstant, type Instant, type Operation } from '@stacktach/domain'
import { OutcomeBadge } from '../components/Badge.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { EndMark } from '../scale/EndMark.tsx'
import { AXIS_HEIGHT, ROW_HEIGHT, ScaleAxis } from '../scale/ScaleAxis.tsx'
import { shortDuration } from '../view/durations.ts'
import { failuresHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'
import { layOutTimeline, type TimelineRow } from './timeline.ts'

interface Props<Row extends Operation> {
  operations: readonly Row[]
  now: Instant
  /** The row of the operation in the table below, as the fragment of a link. */
  hrefOf: (operation: Row) => string
}

/** Operations as bars on a time scale, drawn by the server. The table of the same operations is its text form. */
export function TimelineView<Row extends Operation>({ operations, now, hrefOf }: Props<Row>) {
  const { scale, rows } = layOutTimeline(operations, now)
  const height = AXIS_HEIGHT + rows.length * ROW_HEIGHT
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="chart" aria-label="Timeline of operations" tabIndex={0}>
      <div class="chart-grid">
        <ol class="chart-labels">
          {rows.map((row, index) => (
            <li key={index} class={row.attempt === null ? undefined : 'sub'}>
              {row.attempt === null ? (
                <PageLink to={hrefOf(row.operation)} title={row.operation.name}>
                  {shortName(row.operation.name)}
                </PageLink>
              ) : (
                `attempt ${row.number} of ${row.operation.attempts.length}`
              )}
            </li>
          ))}
        </ol>
        <svg class="chart-plot" width="100%" height={height} role="group" aria-label="Operations on a time scale">
          <ScaleAxis scale={scale} height={height} />
          {rows.map((row, index) => (
            <RowBar key={index} row={row} y={AXIS_HEIGHT + index * ROW_HEIGHT} to={hrefOf(row.operation)} />
          ))}
        </svg>
        <ol class="chart-notes">
          {rows.map((row, index) => (
            <li key={index}>
              <Note row={row} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

const BAR_HEIGHT = 14

function RowBar<Row extends Operation>({ row, y, to }: { row: TimelineRow<Row>; y: number; to: string }) {
  const { bar, outcome, attempt, operation } = row
  const middle = y + ROW_HEIGHT / 2
  const end = bar.x + bar.width
  const isLeft = end < 50
  const text = timesText(row)
  return (
    <PageLink to={to} label={`${operation.name}, ${outcome}, ${text}`} class={`bar ${outcome}`}>
      <rect class="hit" x="0" y={y} width="100%" height={ROW_HEIGHT} />
      {bar.width > 0 ? (
        <rect
          class="body"
          x={`${bar.x}%`}
          y={middle - (attempt === null ? BAR_HEIGHT : BAR_HEIGHT - 4) / 2}
          width={`${bar.width}%`}
          height={attempt === null ? BAR_HEIGHT : BAR_HEIGHT - 4}
          rx="3"
        />
      ) : null}
      <svg x={`${end}%`} y={middle} overflow="visible" width="1" height="1">
        <EndMark outcome={outcome} />
      </svg>
      <svg x={`${isLeft ? end : bar.x}%`} y={middle} overflow="visible" width="1" height="1">
        <text class="tip" x={isLeft ? 14 : -12} y="4" text-anchor={isLeft ? 'start' : 'end'}>
          {text}
        </text>
      </svg>
    </PageLink>
  )
}

/** Exact times, shown on hover and focus. */
function timesText<Row extends Operation>({ bar, outcome }: TimelineRow<Row>): string {
  const from = formatInstant(bar.from)
  if (bar.isStartUnknown) return `ended ${from} UTC, start unknown`
  if (bar.until === null) return `since ${from} UTC, ${outcome}`
  const until = formatInstant(bar.until)
  const [day] = from.split(' ')
  const end = until.startsWith(`${day} `) ? until.slice(11) : until
  return `${from} – ${end} UTC, ${shortDuration(bar.until - bar.from)}`
}

function Note<Row extends Operation>({ row }: { row: TimelineRow<Row> }) {
  const { operation, attempt, bar, outcome, number } = row
  const failure: Attempt | undefined =
    attempt ?? (operation.attempts.length === 1 && outcome === 'failed' ? operation.attempts[0] : undefined)
  const of = operation.attempts.length
  const host = attempt === null ? operation.host : attempt.host
  return (
    <>
      <OutcomeBadge outcome={outcome} />
      {bar.until === null || bar.isStartUnknown ? null : <DurationText of={bar.until - bar.from} />}
      {of > 1 && attempt !== null ? (
        <span>{`attempt ${number} of ${of}${host === null ? '' : ` on ${host}`}`}</span>
      ) : host === null ? null : (
        <span class="muted">{host}</span>
      )}
      {failure?.error == null ? null : (
        <PageLink to={failuresHref({ error: failure.error })} class="error-text" title={failure.error}>
          {failure.error}
        </PageLink>
      )}
    </>
  )
}
