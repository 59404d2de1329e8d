import Table from 'cli-table3'
import type { Pressure } from './backPressure.ts'
import type { Omitted } from './faults/fault.ts'
import type { FaultResult, Outcome } from './run.ts'

/** Formats the results by fault as a table. */
export function outcomeTable({ results, total }: Outcome): string {
  const table = new Table({
    head: ['fault', 'times', 'lost', 'duplicates', 'different', 'seconds to catch up'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  const names = [...new Set(results.map(({ fault }) => fault))].sort()
  for (const name of names) {
    const own = results.filter(({ fault }) => fault === name)
    const sum = (key: 'lost' | 'duplicates') => own.reduce((total, result) => total + result[key], 0)
    const seconds = own.map((result) => result.seconds)
    table.push([name, own.length, sum('lost'), sum('duplicates'), different(own), range(seconds)])
  }
  table.push([
    `total: ${total.notifications} notifications`,
    results.length,
    total.lost,
    total.duplicates,
    total.different,
    range(results.map(({ seconds }) => seconds)),
  ])
  return table.toString()
}

/** The number of different rows; empty if the aggregates were compared after none of these faults. */
function different(results: readonly FaultResult[]): number | string {
  const compared = results.flatMap((result) => result.different ?? [])
  return compared.length === 0 ? '' : compared.reduce((sum, count) => sum + count, 0)
}

/** Formats the results of the back pressure test as a table. */
export function pressureTable(pressures: readonly Pressure[]): string {
  const table = new Table({
    head: ['messages queued, database unavailable', 'max unacknowledged', 'max MB of ingest', 'seconds to catch up'],
    colAligns: ['right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { queued, unacknowledged, memoryMb, seconds } of pressures) {
    table.push([queued, unacknowledged, memoryMb, seconds.toFixed(1)])
  }
  return table.toString()
}

function range(seconds: readonly number[]): string {
  const [min, max] = [Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(1))
  return min === max ? `${min}` : `${min} to ${max}`
}

/** Lists the faults that were not injected, a line each. */
export function omittedLines(omitted: readonly Omitted[]): string {
  return omitted.map(({ name, reason }) => `skipped: ${name}: ${reason}\n`).join('')
}
