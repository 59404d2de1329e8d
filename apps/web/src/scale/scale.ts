import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'

/** A time without activity, drawn with a fixed width. */
export interface Pause {
  from: Instant
  until: Instant
  /** Percent of the width. */
  x: number
  width: number
}

/** A mark on the axis. */
export interface Tick {
  at: Instant
  x: number
  /** Whether its label needs the date, because the day differs from the tick before. */
  isNewDay: boolean
  /** Whether its label needs milliseconds. */
  isPrecise: boolean
  /** Whether its label is left of its mark, because there is no room on the right. */
  isLeft: boolean
}

/** A time scale in percent of the width, with long pauses compressed. */
export interface Scale {
  from: Instant
  until: Instant
  x(instant: Instant): number
  pauses: readonly Pause[]
  ticks: readonly Tick[]
}

/** What happens: from an instant until another. Without an end it says nothing about the time after its start. */
export interface Activity {
  from: Instant
  until: Instant | null
}

/** Shorter times are never compressed. */
const MIN_PAUSE = 10 * SECOND

/** A gap is a pause if it is this many times as long as all shorter times together: then these would be invisible. */
const PAUSE_FACTOR = 4

/** Percent of the width that a pause takes, and all pauses together at most. */
const PAUSE_WIDTH = 9
const MAX_PAUSES_WIDTH = 56

/** Percent of the width that the label of a tick takes, without and with milliseconds. */
const TICK_DISTANCE = 11
const PRECISE_TICK_DISTANCE = 17

/** Unlabelled margin at both sides, so that marks at the ends are not cut. */
const MARGIN = 1

const steps: readonly Duration[] = [
  ...[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * DAY),
]

/** A part of the time, between two pauses or a pause. */
interface Segment {
  from: Instant
  until: Instant
  isPause: boolean
  x: number
  width: number
}

/** Makes the scale on which some activities are drawn. Without activities it is empty, from 0 to 0. */
export function makeScale(activities: readonly Activity[]): Scale {
  const segments = segmentsOf(activities)
  const from = segments[0]?.from ?? 0
  const until = segments.at(-1)?.until ?? 0
  const x = (instant: Instant) => position(segments, instant)
  return {
    from,
    until,
    x,
    pauses: segments.filter(({ isPause }) => isPause).map(({ from, until, x, width }) => ({ from, until, x, width })),
    ticks: ticksOf(segments, x),
  }
}

function segmentsOf(activities: readonly Activity[]): Segment[] {
  const points = [...new Set(activities.flatMap(({ from, until }) => [from, until ?? from]))].sort((a, b) => a - b)
  const gaps = points.slice(1).map((until, index) => ({ from: points[index] ?? until, until }))
  const isBusy = busyTest(activities)
  const threshold = pauseThreshold(gaps, isBusy)
  const parts: { from: Instant; until: Instant; isPause: boolean }[] = []
  for (const { from, until } of gaps) {
    const isPause = until - from >= threshold && !isBusy(from, until)
    const last = parts.at(-1)
    if (last !== undefined && !last.isPause && !isPause) last.until = until
    else {
      // An instant beside a pause needs a place of its own, for its mark and label.
      if (isPause && last?.isPause !== false) parts.push({ from, until: from, isPause: false })
      parts.push({ from, until, isPause })
    }
  }
  const end = points.at(-1)
  if (end !== undefined && parts.at(-1)?.isPause !== false) parts.push({ from: end, until: end, isPause: false })
  return placed(parts)
}

/** The shortest gap that is a pause; Infinity if none is. */
function pauseThreshold(gaps: readonly Gap[], isBusy: (from: Instant, until: Instant) => boolean): Duration {
  const lengths = gaps.map(({ from, until }) => ({ length: until - from, busy: isBusy(from, until) }))
  lengths.sort((a, b) => a.length - b.length)
  // What is busy is never compressed, however long it is.
  let shorter = lengths.reduce((sum, { length, busy }) => sum + (busy ? length : 0), 0)
  for (const { length, busy } of lengths) {
    if (busy) continue
    if (length >= MIN_PAUSE && length > PAUSE_FACTOR * shorter) return length
    shorter += length
  }
  return Number.POSITIVE_INFINITY
}

interface Gap {
  from: Instant
  until: Instant
}

/** Whether an ended activity covers a gap between two points. */
function busyTest(activities: readonly Activity[]): (from: Instant, until: Instant) => boolean {
  const ended = activities.flatMap(({ from, until }) => (until === null || until <= from ? [] : [{ from, until }]))
  return (from, until) => ended.some((activity) => activity.from <= from && activity.until >= until)
}

/** Distributes the width: a fixed part for each pause, the rest in proportion to the time. */
function placed(parts: readonly { from: Instant; until: Instant; isPause: boolean }[]): Segment[] {
  const pauses = parts.filter(({ isPause }) => isPause).length
  const pauseWidth = pauses === 0 ? 0 : Math.min(PAUSE_WIDTH, MAX_PAUSES_WIDTH / pauses)
  const active = parts.filter(({ isPause }) => !isPause)
  const total = active.reduce((sum, { from, until }) => sum + (until - from), 0)
  const rest = 100 - 2 * MARGIN - pauses * pauseWidth
  // Half of the width is divided equally, so that a part of a second beside one of an hour remains visible.
  const share = (duration: Duration) =>
    active.length === 1 ? rest : (rest / 2) * (1 / active.length + (total === 0 ? 1 / active.length : duration / total))
  let x = MARGIN
  return parts.map((part) => {
    const width = part.isPause ? pauseWidth : share(part.until - part.from)
    const segment = { ...part, x, width }
    x += width
    return segment
  })
}

function position(segments: readonly Segment[], instant: Instant): number {
  const segment = segments.find(({ until }) => instant <= until) ?? segments.at(-1)
  if (segment === undefined) return MARGIN
  const length = segment.until - segment.from
  if (length === 0) return segment.x
  const share = Math.min(1, Math.max(0, (instant - segment.from) / length))
  return segment.x + share * segment.width
}

function labelWidth(isPrecise: boolean): number {
  return isPrecise ? PRECISE_TICK_DISTANCE : TICK_DISTANCE
}

/** Ticks at the start of each active part, and at round times within it where there is room. */
function ticksOf(segments: readonly Segment[], x: (instant: Instant) => number): Tick[] {
  const ticks: Tick[] = []
  const add = (at: Instant, isPrecise: boolean) => {
    const last = ticks.at(-1)
    const place = x(at)
    const isLeft = place > 100 - labelWidth(isPrecise)
    const needed = labelWidth(last?.isPrecise ?? false) + (isLeft ? labelWidth(isPrecise) : 0)
    if (last !== undefined && place - last.x < needed) return
    const isNewDay = last === undefined || Math.floor(last.at / DAY) !== Math.floor(at / DAY)
    ticks.push({ at, x: place, isNewDay, isPrecise, isLeft })
  }
  for (const segment of segments) {
    if (segment.isPause) continue
    const length = segment.until - segment.from
    const step = steps.find((candidate) => length / candidate <= segment.width / TICK_DISTANCE)
    const isPrecise = length > 0 && step !== undefined && step < SECOND
    add(segment.from, isPrecise)
    if (step === undefined || segment.width < TICK_DISTANCE) continue
    for (let at = Math.ceil((segment.from + 1) / step) * step; at < segment.until; at += step) add(at, isPrecise)
  }
  return ticks
}
