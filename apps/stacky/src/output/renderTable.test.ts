import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import stringWidth from 'string-width'
import { renderTable } from './renderTable.ts'

const pipe = { width: Number.POSITIVE_INFINITY, colour: false }
const terminal = (width: number) => ({ width, colour: false })

const notifications = [
  ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'State', "State'", "Task'"],
  [
    330,
    ' ',
    '2026-11-23 22:02:04.709106',
    'west',
    'compute.instance.update',
    'compute-03.west.example.org',
    'building',
    'building',
    'scheduling',
  ],
  [9, 'E', '2026-11-23 22:02:05', 'east', 'compute.instance.create.error', 'api', null, '', ''],
  [41, 'E', 'x', 'ünï', '日本', '', 'ab', 'abc', 'abcd'],
]

describe('prints what PrettyTable prints', () => {
  test('for odd and even widths, null and wide characters', () => {
    expect(renderTable(notifications, pipe)).toBe(
      `
+-----+---+----------------------------+------------+-------------------------------+-----------------------------+----------+----------+------------+
|  #  | ? |            When            | Deployment |             Event             |             Host            |  State   |  State'  |   Task'    |
+-----+---+----------------------------+------------+-------------------------------+-----------------------------+----------+----------+------------+
| 330 |   | 2026-11-23 22:02:04.709106 |    west    |    compute.instance.update    | compute-03.west.example.org | building | building | scheduling |
|  9  | E |    2026-11-23 22:02:05     |    east    | compute.instance.create.error |             api             |   None   |          |            |
|  41 | E |             x              |    ünï     |              日本             |                             |    ab    |   abc    |    abcd    |
+-----+---+----------------------------+------------+-------------------------------+-----------------------------+----------+----------+------------+
`.trim(),
    )
  })

  test('for one column and one row', () => {
    expect(renderTable([['Host Name'], [null]], pipe)).toBe(
      ['+-----------+', '| Host Name |', '+-----------+', '|    None   |', '+-----------+'].join('\n'),
    )
  })
})

test('pads rows that are shorter or longer than the header', () => {
  expect(renderTable([['a', 'b'], [1], [1, 2, 3]], pipe)).toBe(
    ['+---+---+---+', '| a | b |   |', '+---+---+---+', '| 1 |   |   |', '| 1 | 2 | 3 |', '+---+---+---+'].join('\n'),
  )
})

test('escapes control characters in names', () => {
  const table = renderTable([['Host Name'], ['a\u001b[2Jb\nc\u009b']], pipe)
  expect(table).toContain('| a\\x1b[2Jb\\nc\\x9b |')
})

test.each(['\u00a0', '\u2003', '\u3000', '\ufeff'])('keeps a Unicode space at the end of a cell: %j', (space) => {
  const rows = [['Name'], [`web${space}`], ['a']]
  const lines = renderTable(rows, pipe).split('\n')
  expect(lines[3]).toContain(`web${space}`)
  expect(new Set(lines.map(stringWidth)).size).toBe(1)
  const record = renderTable(
    [
      ['Name', 'Id'],
      [`web${space}`, 'x'.repeat(50)],
    ],
    terminal(10),
  )
  expect(record).toContain(`Name | web${space}\n`)
})

describe('on a terminal', () => {
  test('wraps the widest names first, at their punctuation; times and ids stay whole', () => {
    expect(renderTable(notifications.slice(0, 3), terminal(120))).toBe(
      `
+-----+---+-----------------+------------+-------------------+------------------+----------+----------+------------+
|  #  | ? |       When      | Deployment |       Event       |       Host       |  State   |  State'  |   Task'    |
+-----+---+-----------------+------------+-------------------+------------------+----------+----------+------------+
| 330 |   |    2026-11-23   |    west    | compute.instance. | compute-03.west. | building | building | scheduling |
|     |   | 22:02:04.709106 |            |       update      |   example.org    |          |          |            |
|  9  | E |    2026-11-23   |    east    | compute.instance. |       api        |   None   |          |            |
|     |   |     22:02:05    |            |    create.error   |                  |          |          |            |
+-----+---+-----------------+------------+-------------------+------------------+----------+----------+------------+
`.trim(),
    )
  })

  test('prints the same as to a pipe when the table fits', () => {
    expect(renderTable(notifications, terminal(150))).toBe(renderTable(notifications, pipe))
  })

  test('prints records when it is too narrow for a table', () => {
    expect(renderTable(notifications.slice(0, 3), terminal(60))).toBe(
      `
-[ 1 ]----------------------------------
#          | 330
?          |
When       | 2026-11-23 22:02:04.709106
Deployment | west
Event      | compute.instance.update
Host       | compute-03.west.example.org
State      | building
State'     | building
Task'      | scheduling
-[ 2 ]----------------------------------
#          | 9
?          | E
When       | 2026-11-23 22:02:05
Deployment | east
Event      | compute.instance.create.error
Host       | api
State      | None
State'     |
Task'      |
`.trim(),
    )
  })

  test.each([150, 60])(
    '%s columns wide, with colour: headers are bold and errors red, nothing else differs',
    (width) => {
      const coloured = renderTable(notifications, { width, colour: true })
      expect(stripVTControlCharacters(coloured)).toBe(renderTable(notifications, terminal(width)))
      const red = coloured.split('\n').filter((line) => line.includes('\u001b[31m'))
      expect(red.some((line) => line.includes('create.error'))).toBe(true)
      expect(red.some((line) => line.includes('instance.update'))).toBe(false)
      expect(coloured.includes('\u001b[1m')).toBe(width === 150)
    },
  )
})
