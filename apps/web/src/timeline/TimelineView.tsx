import { formatInstant, type Instant, type Operation } from '@stacktach/domain'
import { OutcomeBadge } from '../components/Badge.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { HostName } from '../components/HostName.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { equalFailuresHref } from '../failures/filters.ts'
import { ChartPlot, PlacedAt } from '../scale/ChartPlot.tsx'
import { EndMark } from '../scale/EndMark.tsx'
import { AXIS_HEIGHT, ROW_HEIGHT } from '../scale/ScaleAxis.tsx'
import { shortDuration } from '../view/durations.ts'
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
                <span>
                  {`attempt ${row.number} of ${row.operation.attempts.length}`}
                  {row.attempt.host === null ? null : (
                    <>
                      {' on '}
                      <HostName host={row.attempt.host} />
                    </>
                  )}
                </span>
              )}
            </li>
          ))}
        </ol>
        <ChartPlot label="Operations on a time scale" scale={scale} height={height}>
          {rows.map((row, index) => (
            <RowBar key={index} row={row} y={AXIS_HEIGHT + index * ROW_HEIGHT} to={hrefOf(row.operation)} />
          ))}
        </ChartPlot>
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
      <PlacedAt x={end} y={middle}>
        <EndMark outcome={outcome} />
      </PlacedAt>
      <text
        class="tip"
        x={`${isLeft ? end : bar.x}%`}
        dx={isLeft ? 14 : -12}
        y={middle + 4}
        text-anchor={isLeft ? 'start' : 'end'}
      >
        {text}
      </text>
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
  const { operation, attempt, bar, outcome } = row
  const { attempts } = operation
  const failed = attempt === null && attempts.length > 1 ? null : (attempt ?? attempts[0])
  return (
    <>
      <OutcomeBadge outcome={outcome} />
      {bar.until === null || bar.isStartUnknown ? null : <DurationText of={bar.until - bar.from} />}
      {attempt !== null || operation.host === null ? null : <HostName host={operation.host} />}
      {failed?.error == null ? null : (
        <PageLink to={equalFailuresHref(failed)} class="error-text" title={failed.error}>
          {failed.error}
        </PageLink>
      )}
    </>
  )
}
