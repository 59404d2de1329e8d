import { expect, test } from '@jest/globals'
import type { WatchAnswer } from './answers.ts'
import { WatchLines } from './watchLines.ts'

const pipe = { width: Number.POSITIVE_INFINITY, colour: false }
const uuid = 'd0a51abf-00e3-48f6-bc3b-59d26612f884'
const row = (id: number, date = '2026-11-25', mark = ' '): WatchAnswer[1][number] => [
  id,
  mark,
  date,
  '22:02:04.709106',
  'west',
  'compute.instance.create.start',
  uuid,
]
const answer = (...rows: WatchAnswer[1]): WatchAnswer => [[10, 1, 15, 20, 31, 36], rows, '0']

const head = (day: string) => [
  '+----------+-+---------------+--------------------+-------------------------------+------------------------------------+',
  `|    #     |?|   ${day}  |     Deployment     |             Event             |                UUID                |`,
  '+----------+-+---------------+--------------------+-------------------------------+------------------------------------+',
]
const line = (id: number) =>
  `|   ${id}    | |22:02:04.709106|        west        | compute.instance.create.start |${uuid}|`

test('prints a header first, then rows as they arrive', () => {
  const lines = new WatchLines(pipe)
  expect(lines.format(answer())).toEqual([])
  expect(lines.format(answer(row(330), row(331)))).toEqual([...head('2026-11-25'), line(330), line(331)])
  expect(lines.format(answer(row(332)))).toEqual([line(332)])
})

test('repeats the header after twenty rows and when the day changes', () => {
  const lines = new WatchLines(pipe)
  const rows = Array.from({ length: 21 }, (_, index) => row(100 + index))
  const printed = lines.format(answer(...rows))
  expect(printed.length).toBe(3 + 20 + 3 + 1)
  expect(printed.slice(-4)).toEqual([...head('2026-11-25'), line(120)])
  expect(lines.format(answer(row(121, '2026-11-26')))).toEqual([...head('2026-11-26'), line(121)])
})

test('does not cut cells that are wider than their column', () => {
  const long: WatchAnswer = [[1, 1, 1, 1, 1, 1], [row(330)], '0']
  expect(new WatchLines(pipe).format(long).at(-1)).toBe(
    `|330| |22:02:04.709106|west|compute.instance.create.start|${uuid}|`,
  )
})

test('prints cells without columns on a terminal that is too narrow', () => {
  const lines = new WatchLines({ width: 80, colour: false })
  expect(lines.format(answer(row(330, '2026-11-25', 'E')))).toEqual([
    '2026-11-25',
    `22:02:04.709106 E compute.instance.create.start ${uuid} west 330`,
  ])
})

test('prints errors in red on a terminal with colour', () => {
  const [, , , error, good] = new WatchLines({ width: 200, colour: true }).format(
    answer(row(330, '2026-11-25', 'E'), row(331)),
  )
  expect(error).toBe(`\u001b[31m${line(330).replace('| |', '|E|')}\u001b[39m`)
  expect(good).toBe(line(331))
})
