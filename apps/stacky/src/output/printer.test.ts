import { expect, test } from '@jest/globals'
import { type OutputForm, Printer } from './printer.ts'

function printed(form: OutputForm, print: (printer: Printer) => void): string {
  let output = ''
  const screen = { width: Number.POSITIVE_INFINITY, colour: false }
  print(
    new Printer(form, screen, (text) => {
      output += text
    }),
  )
  return output
}

// JavaScript would round this number.
const text = '[["#","Name"],[12345678901234567890,"a \\"b\\", c"],[2,null]]'
const value = [
  ['#', 'Name'],
  [1, 'a "b", c'],
  [2, null],
]

test('prints JSON as the server sent it, digit by digit', () => {
  expect(printed('json', (printer) => printer.answer({ text, value }))).toBe(`${text}\n`)
})

test('quotes CSV cells where needed; null is an empty cell', () => {
  expect(printed('csv', (printer) => printer.answer({ text, value }))).toBe('#,Name\n1,"a ""b"", c"\n2,\n')
  expect(printed('csv', (printer) => printer.answer({ text: '[]', value: [] }))).toBe('')
})

test('prints replacement rows and headings in tables only', () => {
  const print = (printer: Printer) => {
    printer.heading('heading')
    printer.answer({ text, value }, [['#'], [7]])
  }
  expect(printed('table', print)).toBe('heading\n+---+\n| # |\n+---+\n| 7 |\n+---+\n')
  expect(printed('csv', print)).not.toContain('heading')
})

test.each([[[]], [[['Event Name']]]])('prints %j as "No results"', (empty) => {
  expect(printed('table', (printer) => printer.answer({ text: '', value: empty }))).toBe('No results\n')
})
