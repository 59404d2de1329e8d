import { expect, test } from '@jest/globals'
import { tableOf } from './output.ts'

test('of a table that nobody would read the first thousand rows are shown, and how many more there are', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => [`row ${index}`, index])
  expect(tableOf(['Row', 'Number'], rows(1_000))).toMatch(/│ row 999 │ 999 +│\n└.*┘\n$/)
  const long = tableOf(['Row', 'Number'], rows(30_000))
  expect(long).toContain('row 999 ')
  expect(long).not.toContain('row 1000 ')
  expect(long).toMatch(/┘\n… 29,000 more rows: --json has them all\n$/)
})
