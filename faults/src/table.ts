import Table from 'cli-table3'
import type { Pressure } from './backPressure.ts'
import type { Omitted } from './faults/fault.ts'
import type { Outcome } from './run.ts'

/** The suite's answer, for people. */
export function outcomeTable({ damages, total }: Outcome): string {
  const table = new Table({
    head: ['fault', 'times', 'lost', 'doubled', 'different', 'seconds to catch up'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  const names = [...new Set(damages.map(({ fault }) => fault))].sort()
  for (const name of names) {
    const own = damages.filter(({ fault }) => fault === name)
    const sum = (of: 'lost' | 'doubled' | 'different') => own.reduce((total, damage) => total + damage[of], 0)
    const seconds = own.map((damage) => damage.seconds)
    table.push([name, own.length, sum('lost'), sum('doubled'), sum('different'), span(seconds)])
  }
  table.push([
    `the whole: ${total.notifications} notifications`,
    damages.length,
    total.lost,
    total.doubled,
    total.different,
    span(damages.map(({ seconds }) => seconds)),
  ])
  return table.toString()
}

export function pressureTable(pressures: readonly Pressure[]): string {
  const table = new Table({
    head: ['messages waiting, database away', 'unacknowledged at most', 'MB of ingest at most', 'seconds to catch up'],
    colAligns: ['right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { waiting, unacknowledged, memory, seconds } of pressures) {
    table.push([waiting, unacknowledged, memory, seconds.toFixed(1)])
  }
  return table.toString()
}

function span(seconds: readonly number[]): string {
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(1))
  return least === most ? `${least}` : `${least} to ${most}`
}

export function omittedLines(omitted: readonly Omitted[]): string {
  return omitted.map(({ name, why }) => `not tried: ${name}: ${why}\n`).join('')
}
