import { expect, test } from '@jest/globals'
import { reportBlocks } from './reportBlocks.ts'

const counts = { 'image.upload': 5, nested: { a: null } }
const keys = {
  title: null,
  rows: [
    ['Key', 'Value'],
    ['image.upload', 5],
    ['nested', { a: null }],
  ],
}
const details = [
  ['Launch', 'id'],
  ['-', 7, 'one more'],
]

test('shows an object as keys and values', () => {
  expect(reportBlocks(counts)).toEqual([keys])
})

test('shows metadata and a table', () => {
  expect(reportBlocks([{ hours: 24 }, ...details])).toEqual([
    {
      title: 'Report Metadata',
      rows: [
        ['Key', 'Value'],
        ['hours', 24],
      ],
    },
    { title: 'Report Details', rows: details },
  ])
})

test('shows lines of text when the metadata has raw_text', () => {
  expect(reportBlocks([{ raw_text: true }, 'one', 'two'])).toEqual([{ lines: ['one', 'two'] }])
})

test('shows a table without metadata', () => {
  expect(reportBlocks(details)).toEqual([{ title: null, rows: details }])
})

test('decodes JSON in a string, as StackTach stores it', () => {
  expect(reportBlocks(JSON.stringify(counts))).toEqual([keys])
  expect(reportBlocks('only words')).toEqual([{ lines: ['only words'] }])
  expect(reportBlocks('7')).toEqual([{ lines: ['7'] }])
})

test('shows anything else as JSON', () => {
  expect(reportBlocks([1, 2])).toEqual([{ lines: ['[', '  1,', '  2', ']'] }])
  expect(reportBlocks(null)).toEqual([{ lines: ['null'] }])
  expect(reportBlocks([{ a: 1 }, 2])).toEqual([
    expect.objectContaining({ title: 'Report Metadata' }),
    { lines: ['[', '  2', ']'] },
  ])
})
