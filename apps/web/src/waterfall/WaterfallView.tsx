import { formatInstant } from '@stacktach/domain'
import { Badge, type Tone } from '../components/Badge.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { HostName } from '../components/HostName.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { ChartPlot, PlacedAt } from '../scale/ChartPlot.tsx'
import { EndMark } from '../scale/EndMark.tsx'
import { AXIS_HEIGHT, ROW_HEIGHT } from '../scale/ScaleAxis.tsx'
import { shortDuration } from '../view/durations.ts'
import { instanceHref, notificationHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'
import { layOutWaterfall, type PartOutcome, type RequestPart, type WaterfallNotification } from './waterfall.ts'

const tones: Record<PartOutcome, Tone> = { done: 'good', failed: 'bad', open: 'pending', point: 'neutral' }

const words: Record<PartOutcome, string> = { done: 'done', failed: 'failed', open: 'open', point: 'sent' }

const BAR_HEIGHT = 14

/** A request across services, hosts and instances. The table of its notifications is its text form. */
export function WaterfallView({ notifications }: { notifications: readonly WaterfallNotification[] }) {
  const { scale, parts } = layOutWaterfall(notifications)
  const height = AXIS_HEIGHT + parts.length * ROW_HEIGHT
  const instances = new Set(parts.map(({ instance }) => instance).filter((instance) => instance !== null))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="chart" aria-label="Waterfall of the request" tabIndex={0}>
      <div class="chart-grid">
        <ol class="chart-labels">
          {parts.map((part, index) => (
            <li key={index}>
              <PageLink to={hrefOf(part)} title={part.name}>
                {shortName(part.name)}
              </PageLink>
              <span class="muted">{part.component}</span>
            </li>
          ))}
        </ol>
        <ChartPlot label="Parts on a time scale" scale={scale} height={height}>
          {parts.map((part, index) => (
            <PartBar key={index} part={part} y={AXIS_HEIGHT + index * ROW_HEIGHT} />
          ))}
        </ChartPlot>
        <ol class="chart-notes">
          {parts.map((part, index) => (
            <li key={index}>
              <Badge tone={tones[part.outcome]}>{words[part.outcome]}</Badge>
              {part.until === null ? null : <DurationText of={part.until - part.from} />}
              {part.host === null ? null : <HostName host={part.host} />}
              {part.instance === null || instances.size < 2 ? null : (
                <PageLink to={instanceHref(part.instance)}>{part.instance.slice(0, 8)}</PageLink>
              )}
              {part.gap === null ? null : (
                <span class="gap-text">{`after ${shortDuration(part.gap)} without activity`}</span>
              )}
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

function hrefOf({ service, notificationIds }: RequestPart): string {
  return notificationHref(service, notificationIds[0] ?? 0)
}

function PartBar({ part, y }: { part: RequestPart; y: number }) {
  const middle = y + ROW_HEIGHT / 2
  const end = part.x + part.width
  const isLeft = end < 50
  const text = timesText(part)
  const color = { done: 'done', failed: 'failed', open: 'open', point: 'abandoned' }[part.outcome]
  return (
    <PageLink
      to={hrefOf(part)}
      label={`${part.name} of ${part.component}, ${words[part.outcome]}, ${text}`}
      class={`bar ${color}`}
    >
      <rect class="hit" x="0" y={y} width="100%" height={ROW_HEIGHT} />
      {part.gap === null ? null : <line class="gap" x1={`${part.gapX}%`} x2={`${part.x}%`} y1={middle} y2={middle} />}
      {part.width > 0 ? (
        <rect
          class="body"
          x={`${part.x}%`}
          y={middle - BAR_HEIGHT / 2}
          width={`${part.width}%`}
          height={BAR_HEIGHT}
          rx="3"
        />
      ) : null}
      <PlacedAt x={end} y={middle}>
        <PartMark outcome={part.outcome} />
      </PlacedAt>
      <text
        class="tip"
        x={`${isLeft ? end : part.x}%`}
        dx={isLeft ? 14 : -12}
        y={middle + 4}
        text-anchor={isLeft ? 'start' : 'end'}
      >
        {text}
      </text>
    </PageLink>
  )
}

function PartMark({ outcome }: { outcome: PartOutcome }) {
  return outcome === 'point' ? <path class="mark" d="M0 -5 L5 0 L0 5 L-5 0 Z" /> : <EndMark outcome={outcome} />
}

function timesText({ from, until, outcome }: RequestPart): string {
  const start = `${formatInstant(from)}`
  if (outcome === 'point' || until === null) return `${start} UTC`
  return `${start} – ${formatInstant(until).slice(11)} UTC, ${shortDuration(until - from)}`
}
