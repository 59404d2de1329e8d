import { expect, test } from '@jest/globals'
import { formatTable } from './printTable.ts'

test('prints the first thousand rows of a long table and the number of rows left out', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => [`row ${index}`, index])
  const head = ['Row', 'Number']
  expect(formatTable({ head, rows: rows(1_000) })).toMatch(/│ row 999 │ 999 +│\n└.*┘\n$/)
  const long = formatTable({ head, rows: rows(30_000) })
  expect(long).toContain('row 999 ')
  expect(long).not.toContain('row 1000 ')
  expect(long).toMatch(/┘\n… 29,000 more rows: use --json for all of them\n$/)
})

test('leaves cells without a value empty and escapes control characters', () => {
  const [, , , row] = formatTable({ head: ['A', 'B', 'C'], rows: [[null, undefined, 'x\u001b[2J']] }).split('\n')
  expect(row).toMatch(/^│ +│ +│ x\\x1b\[2J │$/)
})
