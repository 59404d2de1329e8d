import Table from 'cli-table3'
import { type Answer, type Figure, reachesGoal } from './figure.ts'
import { CLIENTS } from './figures/answers.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'

const MEDIAN_GOAL_MS = 10
const PAGE_MEDIAN_GOAL_MS = 30

/** The maximum ratio of response times after a tenfold increase in notifications. */
const GROWTH_GOAL = 1.2

/** Formats a number with about three significant digits: 12,345; 123; 1.23. */
export function digits(value: number): string {
  const size = Math.abs(value)
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
}

/** Formats the results: the figures by section, their meanings, the answers, and the machine. */
export function formatResults(figures: readonly Figure[], answers: readonly Answer[], machine: Machine): string {
  const parts = [figureTable(figures), meanings(figures), answerTable(answers), machineLines(machine)]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function spread({ min, max }: Spread): string {
  return min === max ? '' : `${digits(min)} – ${digits(max)}`
}

function goalCell(figure: Figure): string {
  const { goal } = figure
  if (goal === undefined) return ''
  const condition = 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  return `${condition} ${reachesGoal(figure) ? 'reached' : 'MISSED'}`
}

function figureTable(figures: readonly Figure[]): string {
  const table = new Table({
    head: ['', 'median', 'unit', 'min – max', 'rounds', 'ratio', 'min – max', 'goal'],
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

/** Lists the meanings, one line for all figures with the same meaning. */
function meanings(figures: readonly Figure[]): string {
  const byMeaning = new Map<string, Figure[]>()
  for (const figure of figures) byMeaning.set(figure.meaning, [...(byMeaning.get(figure.meaning) ?? []), figure])
  return [...byMeaning]
    .map(([meaning, [first, ...others]]) => {
      const subject = others.length === 0 ? `${first?.section}: ${first?.name}` : first?.section
      return `${subject}: ${meaning}${first?.ratio === undefined ? '' : ` The ratio is to ${first.ratio.to}.`}`
    })
    .join('\n')
}

/** Formats the response times, a line for each endpoint; `!` marks a missed goal. */
function answerTable(answers: readonly Answer[]): string {
  if (answers.length === 0) return ''
  const sizes = [...new Set(answers.map(({ notifications }) => notifications))]
  const table = new Table({
    head: [
      'answers, ms: median / p99',
      ...sizes.flatMap((size, index) => [
        `${digits(size)}: 1 client`,
        `${CLIENTS} clients`,
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
Each endpoint is queried for data from the middle of the stored notifications, by one client and by ${CLIENTS} concurrent
clients. Growth is the median with one client as a multiple of that on the smaller database.
Goals with one client: a median of at most ${MEDIAN_GOAL_MS} ms (pages: ${PAGE_MEDIAN_GOAL_MS} ms), and a growth
of at most ${GROWTH_GOAL} from one to ten million; ! marks a missed goal.`
}

function answerCells({ endpoint, oneClient, manyClients, growth }: Answer): string[] {
  const goal = endpoint.startsWith('page: ') ? PAGE_MEDIAN_GOAL_MS : MEDIAN_GOAL_MS
  const marked = (text: string, missed: boolean) => (missed ? `${text} !` : text)
  return [
    marked(`${digits(oneClient.median)} / ${digits(oneClient.p99)}`, oneClient.median > goal),
    `${digits(manyClients.median)} / ${digits(manyClients.p99)}`,
    ...(growth === null ? [] : [marked(`× ${digits(growth)}`, growth > GROWTH_GOAL)]),
  ]
}

function machineLines({ cpu, cores, memoryGb, load, servers, settings }: Machine): string {
  const loads = load.map(digits).join(', ')
  const settingList = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  return [
    `Machine: ${cores} × ${cpu}, ${digits(memoryGb)} GB, shared by servers and clients.`,
    `Load average (1 minute) at the start and the end: ${loads}. Above ${cores}, other programs affect the results.`,
    `Servers: ${servers}.`,
    `PostgreSQL: ${settingList.join(', ')}.`,
  ].join('\n')
}
