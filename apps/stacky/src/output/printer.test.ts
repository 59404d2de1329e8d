import { expect, test } from '@jest/globals'
import { type Form, Printer } from './printer.ts'

function printed(form: Form, print: (printer: Printer) => void): string {
  let output = ''
  const screen = { width: Number.POSITIVE_INFINITY, colour: false }
  print(
    new Printer(form, screen, (text) => {
      output += text
    }),
  )
  return output
}

// A number that JavaScript would round.
const text = '[["#","Name"],[12345678901234567890,"a \\"b\\", c"],[2,null]]'
const value = [
  ['#', 'Name'],
  [1, 'a "b", c'],
  [2, null],
]

test('JSON is what the server said, digit by digit', () => {
  expect(printed('json', (printer) => printer.answer({ text, value }))).toBe(`${text}\n`)
})

test('CSV quotes what must be quoted; nothing is an empty cell', () => {
  expect(printed('csv', (printer) => printer.answer({ text, value }))).toBe('#,Name\n1,"a ""b"", c"\n2,\n')
  expect(printed('csv', (printer) => printer.answer({ text: '[]', value: [] }))).toBe('')
})

test('a table may be shown otherwise than it was answered, and has lines around it', () => {
  const print = (printer: Printer) => {
    printer.say('said')
    printer.answer({ text, value }, [['#'], [7]])
  }
  expect(printed('table', print)).toBe('said\n+---+\n| # |\n+---+\n| 7 |\n+---+\n')
  expect(printed('csv', print)).not.toContain('said')
})

test.each([[[]], [[['Event Name']]]])('%j is no results', (empty) => {
  expect(printed('table', (printer) => printer.answer({ text: '', value: empty }))).toBe('No results\n')
})
