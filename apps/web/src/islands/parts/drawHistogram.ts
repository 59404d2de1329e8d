import uPlot from 'uplot'
import { shortDuration } from '../../view/durations.ts'

type Bucket = [from: number, until: number, count: number]

const HEIGHT = 260

/** Durations of the axis, in microseconds. */
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .map((milliseconds) => milliseconds * 1e3)
  .concat([1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800].map((seconds) => seconds * 1e6))
  .concat([1, 2, 5, 12, 24, 48, 120, 240, 480, 1200].map((hours) => hours * 3.6e9))

/**
 * Replaces the figure's bars by a chart with one bar per bucket: values under the pointer, and a selection to zoom in. The
 * x axis is the base-2 logarithm of the duration, on which all buckets are equally wide.
 */
export function drawHistogram(figure: HTMLElement): void {
  const buckets: Bucket[] = JSON.parse(figure.dataset.histogram ?? '[]')
  const marks: [label: string, duration: number][] = JSON.parse(figure.dataset.marks ?? '[]')
  const complete = withoutGaps(buckets)
  if (complete.length < 2) return
  const chart = document.createElement('div')
  chart.className = 'histogram-plot'
  figure.querySelector('svg')?.replaceWith(chart)
  const help = document.createElement('figcaption')
  help.className = 'note'
  help.textContent = 'Drag over durations to zoom in; a double click shows all of them.'
  figure.append(help)
  const data: uPlot.AlignedData = [complete.map(({ x }) => x), complete.map(({ count }) => count)]
  let plot = new uPlot(optionsOf(chart, complete, marks), data, chart)
  new ResizeObserver(() => plot.setSize({ width: chart.clientWidth, height: HEIGHT })).observe(chart)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    plot.destroy()
    plot = new uPlot(optionsOf(chart, complete, marks), data, chart)
  })
}

interface Bar {
  /** Place of its middle. */
  x: number
  from: number
  until: number
  count: number
}

const place = (duration: number) => Math.log2(Math.max(957, duration))

/** The buckets between the first and the last one, with those that are empty. */
function withoutGaps(buckets: readonly Bucket[]): Bar[] {
  const bars: Bar[] = []
  for (const [from, until, count] of buckets) {
    let last = bars.at(-1)
    // Bounds are rounded to microseconds, so a gap is at least half a bucket.
    while (last !== undefined && place(from) - place(last.until) > WIDTH / 2) {
      const end = Math.min(from, Math.round(last.until * 2 ** WIDTH))
      last = { x: place(last.until) + WIDTH / 2, from: last.until, until: end, count: 0 }
      bars.push(last)
    }
    bars.push({ x: place(from) + WIDTH / 2, from, until, count })
  }
  return bars
}

/** Width of a bucket on the axis. */
const WIDTH = 1 / 16

function optionsOf(chart: HTMLElement, bars: readonly Bar[], marks: readonly [string, number][]): uPlot.Options {
  const style = getComputedStyle(chart)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const font = `12px ${style.fontFamily}`
  const axis = { stroke: color('--muted'), font, ticks: { show: false } }
  const first = bars[0]?.x ?? 0
  const last = bars.at(-1)?.x ?? 1
  return {
    width: chart.clientWidth,
    height: HEIGHT,
    padding: [22, 12, 0, 0],
    scales: {
      x: { time: false, range: (_, min, max) => [min - WIDTH / 2, max + WIDTH / 2] },
      y: { range: countRange },
    },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
    legend: { live: true },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        splits: (_, _index, min, max) => ticksWithin(min, max, (60 / Math.max(120, chart.clientWidth)) * (max - min)),
        values: (_, splits) => splits.map((split) => shortDuration(Math.round(2 ** split)).replace(/\.0+ /, ' ')),
      },
      {
        ...axis,
        size: 56,
        grid: { stroke: color('--line'), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7],
        values: (_, splits) => splits.map((split) => split.toLocaleString('en')),
      },
    ],
    series: [
      {
        label: 'Duration',
        value: (_, _value, _series, index) => {
          const bar = index === null ? undefined : bars[index]
          return bar === undefined ? '–' : `${shortDuration(bar.from)} to ${shortDuration(bar.until)}`
        },
      },
      {
        label: 'Count',
        fill: color('--accent'),
        width: 0,
        points: { show: false },
        value: (_, value) => (value === null ? '–' : value.toLocaleString('en')),
        ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.9, 40], align: 0 }) }),
      },
    ],
    hooks: {
      ready: [(plot) => plot.setScale('x', { min: first, max: last })],
      draw: [(plot) => drawMarks(plot, marks, font, color('--text'))],
    },
  }
}

function countRange(_plot: uPlot, _min: number, max: number): uPlot.Range.MinMax {
  return [0, Math.max(1, max * 1.08)]
}

/** Round durations within the axis, at least `distance` apart. Within a short range they are multiples of a round step. */
function ticksWithin(min: number, max: number, distance: number): number[] {
  const [from, until] = [2 ** min, 2 ** max]
  if (until < 3 * from) {
    const step = TICKS.find((tick) => tick >= (until - from) / 8) ?? until
    const count = Math.floor(until / step) - Math.ceil(from / step) + 1
    return Array.from({ length: Math.max(0, count) }, (_, index) => place((Math.ceil(from / step) + index) * step))
  }
  const chosen: number[] = []
  for (const tick of TICKS.map(place)) {
    const last = chosen.at(-1)
    if (tick >= min && tick <= max && (last === undefined || tick - last >= distance)) chosen.push(tick)
  }
  return chosen
}

/** Lines at the percentiles, each with its name above the plot. */
function drawMarks(plot: uPlot, marks: readonly [string, number][], font: string, stroke: string): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.fillStyle = stroke
  ctx.lineWidth = ratio
  ctx.setLineDash([3 * ratio, 3 * ratio])
  ctx.font = font.replace(/^\d+/, (size) => String(Number(size) * ratio))
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  let end = Number.NEGATIVE_INFINITY
  for (const [label, duration] of marks) {
    const x = plot.valToPos(place(duration), 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top - 16 * ratio)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    // The 99th percentile is often next to the 95th: their labels are on different sides.
    const isRight = label === 'p99'
    const width = ctx.measureText(label).width
    const left = isRight ? x + 4 * ratio : x - 4 * ratio - width
    if (left < end) continue
    ctx.fillText(label, left, bbox.top - 7 * ratio)
    end = left + width + 6 * ratio
  }
  ctx.restore()
}
