import { describe, expect, test } from '@jest/globals'
import { ListPrinter } from './listPrinter.ts'

function print(json: boolean, batches: readonly (readonly number[])[]): string {
  const format = { head: ['Number'], cells: (number: number) => [number], object: (number: number) => ({ number }) }
  let output = ''
  const printer = new ListPrinter(format, json, (text) => {
    output += text
  })
  for (const batch of batches) printer.add(batch)
  printer.end(100)
  return output
}

describe('a list that is read in batches', () => {
  test('is one JSON array', () => {
    expect(print(true, [[1, 2], [], [3]])).toBe('[{"number":1},\n{"number":2},\n{"number":3}]\n')
    expect(print(true, [])).toBe('[]\n')
  })

  test('is one table', () => {
    expect(print(false, [[1], [2]])).toMatch(/^┌─+┐\n│ Number │\n├─+┤\n│ 1 +│\n│ 2 +│\n└─+┘\n$/)
  })
})
