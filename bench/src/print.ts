import Table from 'cli-table3'
import { type Answer, type Figure, reached } from './figure.ts'
import { CLIENTS } from './figures/answers.ts'
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
export function printed(figures: readonly Figure[], answers: readonly Answer[], machine: Machine): string {
  return `${[figureTable(figures), meanings(figures), answerTable(answers), machineLines(machine)].filter((part) => part !== '').join('\n\n')}\n`
}

function figureTable(figures: readonly Figure[]): string {
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
  return table.toString()
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

/** Milliseconds that an answer may take at the median. */
const MEDIAN_GOAL = 10

/** How much slower an answer may be on ten times as many notifications. */
const GROWTH_GOAL = 1.2

/** The endpoints' answers, a line each; what misses its goal has an exclamation mark. */
function answerTable(answers: readonly Answer[]): string {
  if (answers.length === 0) return ''
  const sizes = [...new Set(answers.map(({ notifications }) => notifications))]
  const table = new Table({
    head: [
      'answers, ms: median / 99 %',
      ...sizes.flatMap((size, index) => [
        `${digits(size)}: 1 client`,
        `${CLIENTS} at once`,
        ...(index === 0 ? [] : ['growth']),
      ]),
    ],
    style: { head: [], border: [], compact: true },
  })
  for (const endpoint of new Set(answers.map((answer) => answer.endpoint))) {
    const row = answers.filter((answer) => answer.endpoint === endpoint)
    table.push([endpoint, ...row.flatMap(answerCells)])
  }
  return `${table.toString()}\n
Each endpoint, asked for the middle of the data, by one client and by ${CLIENTS} at once, on so many notifications. Growth: the
median for one client as a multiple of that on the smaller database. Goals: a median of at most ${MEDIAN_GOAL} ms for one client, and
a growth of at most ${GROWTH_GOAL} from one million to ten; ! marks what is above.`
}

function answerCells({ one, many, growth }: Answer): string[] {
  const marked = (text: string, missed: boolean) => (missed ? `${text} !` : text)
  return [
    marked(`${digits(one.median)} / ${digits(one.p99)}`, one.median > MEDIAN_GOAL),
    `${digits(many.median)} / ${digits(many.p99)}`,
    ...(growth === null ? [] : [marked(`× ${digits(growth)}`, growth > GROWTH_GOAL)]),
  ]
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
