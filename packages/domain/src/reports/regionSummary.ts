import type { Duration } from '../time/duration.ts'
import { HOUR, SECOND, toUnixSeconds } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'
import { platformOf } from './imageType.ts'
import { type FailureKind, type RequestFacts, requestFailure } from './request.ts'

/** Failure columns and their labels, in order. */
const columns = { '4xx': '4xx', '5xx': '5xx', long: '> 30', state: 'state' } as const

type Column = keyof typeof columns

const columnKinds = Object.keys(columns).filter(isColumn)

/** Requests of one operation, image and system. */
interface Group {
  operation: string
  image: string
  os: string
  durations: Duration[]
  failures: Record<Column, number>
}

/** The groups counted so far, with one number for each request. */
export type RegionTally = Map<string, Group>

/** Counts one request. */
export function countRequest(tally: RegionTally, request: RequestFacts): void {
  const operation = request.operation ?? 'aux'
  const { image, os } = platformOf(request.imageType)
  const key = `${operation}\t${image}\t${os}`
  const group = tally.get(key) ?? { operation, image, os, durations: [], failures: noFailures() }
  tally.set(key, group)
  group.durations.push(request.last - request.first)
  const kind = requestFailure(request)?.kind
  if (kind !== undefined && isColumn(kind)) group.failures[kind]++
}

function noFailures(): Record<Column, number> {
  return { '4xx': 0, '5xx': 0, long: 0, state: 0 }
}

function isColumn(kind: FailureKind | string): kind is Column {
  return Object.hasOwn(columns, kind)
}

export interface RegionSummaryOptions {
  period: TimePeriod
  /** Prefix of the deployments' names; empty for all. */
  region: string
  /** Names of the matching deployments. */
  deployments: readonly string[]
  /** The percentile shown beside the median, 1 to 100. */
  percentile: number
}

/** StackTach's `summary for region`: durations and failures of requests, by operation, image and system. */
export const regionSummary = {
  name: (region: string) => `summary for region: ${region === '' ? 'all' : region.toLowerCase()}`,
  version: 4,
  shape(tally: RegionTally, options: RegionSummaryOptions): unknown[] {
    const groups = [...tally.values()].sort((a, b) => compare(a, b))
    const total = groups.reduce((sum, { durations }) => sum + durations.length, 0)
    const counts = columnKinds.map((kind) => groups.reduce((sum, { failures }) => sum + failures[kind], 0))
    const failures = counts.reduce((sum, count) => sum + count, 0)
    const header = ['Operation', 'Image', 'OS Type', 'Min', 'Max', 'Med', `${options.percentile}%`, 'Requests']
    return [
      {
        ...Object.fromEntries(
          columnKinds.flatMap((kind, index) => [
            [`${columns[kind]} failure count`, counts[index]],
            [`${columns[kind]} failure percentage`, share(counts[index] ?? 0, total) * 100],
          ]),
        ),
        failure_grand_total: failures,
        failure_grand_rate: share(failures, total) * 100,
        total,
        percentile: options.percentile,
        // As in StackTach: the fraction of values to skip at either end.
        pct: (100 - options.percentile) / 2 / 100,
        hours: (options.period.until - options.period.from) / HOUR,
        start: toUnixSeconds(options.period.from),
        end: toUnixSeconds(options.period.until - SECOND),
        region: options.region === '' ? null : options.region.toUpperCase(),
        cells: options.deployments,
      },
      [...header, ...columnKinds.flatMap((kind) => [columns[kind], `% ${columns[kind]}`])],
      ...groups.map((group) => row(group, options.percentile)),
    ]
  },
}

function compare(a: Group, b: Group): number {
  const [first, second] = [a, b].map(({ operation, image, os }) => `${operation}\t${image}\t${os}`)
  return first === second ? 0 : (first ?? '') < (second ?? '') ? -1 : 1
}

function row({ operation, image, os, durations, failures }: Group, percentile: number): unknown[] {
  const sorted = Float64Array.from(durations).sort()
  const timeAt = (index: number) => shortTime(sorted[Math.min(index, sorted.length - 1)] ?? 0)
  const count = sorted.length
  return [
    operation,
    image,
    os,
    timeAt(0),
    timeAt(count - 1),
    timeAt(Math.floor(count / 2)),
    timeAt(Math.floor((percentile * count) / 100)),
    count,
    ...columnKinds.flatMap((kind) => [failures[kind], share(failures[kind], count)]),
  ]
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

/** Formats as `52s`, `5:44s`, `01:41:14`: whole seconds, the fraction truncated. */
export function shortTime(duration: Duration): string {
  const seconds = Math.floor(duration / SECOND)
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes === 0) return `${seconds}s`
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}s`
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
}
