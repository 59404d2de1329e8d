import Table from 'cli-table3'
import { type Figure, reached } from './figure.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'

/** A number with as many digits as say something: 12,345; 123; 1.23. */
export function digits(value: number): string {
  const size = Math.abs(value)
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
}

function spread({ min, max }: Spread): string {
  return min === max ? '' : `${digits(min)} – ${digits(max)}`
}

function goalCell(figure: Figure): string {
  const { goal } = figure
  if (goal === undefined) return ''
  const wanted = 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  return `${wanted} ${reached(figure) ? 'reached' : 'MISSED'}`
}

/** The figures as a table, section by section, what each line means, and what it was measured on. */
export function printed(figures: readonly Figure[], machine: Machine): string {
  const table = new Table({
    head: ['', 'median', 'unit', 'least – most', 'rounds', 'ratio', 'least – most', 'goal'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const section of new Set(figures.map((figure) => figure.section))) {
    table.push([{ colSpan: 8, content: section }])
    for (const figure of figures.filter((each) => each.section === section)) {
      const { name, unit, value, rounds, ratio } = figure
      table.push([
        `  ${name}`,
        digits(value.median),
        unit,
        spread(value),
        rounds,
        ratio === undefined ? '' : digits(ratio.median),
        ratio === undefined ? '' : spread(ratio),
        goalCell(figure),
      ])
    }
  }
  return `${table.toString()}\n\n${meanings(figures)}\n\n${machineLines(machine)}\n`
}

/** One line for each meaning: figures that mean the same share it. */
function meanings(figures: readonly Figure[]): string {
  const byMeaning = new Map<string, Figure[]>()
  for (const figure of figures) byMeaning.set(figure.meaning, [...(byMeaning.get(figure.meaning) ?? []), figure])
  return [...byMeaning]
    .map(([meaning, [first, ...others]]) => {
      const about = others.length === 0 ? `${first?.section}: ${first?.name}` : first?.section
      return `${about}: ${meaning}${first?.ratio === undefined ? '' : ` The ratio is to ${first.ratio.to}.`}`
    })
    .join('\n')
}

function machineLines({ cpu, cores, memory, load, servers, settings }: Machine): string {
  return [
    `Machine: ${cores} × ${cpu}, ${digits(memory)} GB; servers and clients share it.`,
    `Load of the last minute, at the start and at the end: ${load.map(digits).join(', ')}. Above ${cores}, others took part of it.`,
    `Servers: ${servers}.`,
    `PostgreSQL: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
  ].join('\n')
}
