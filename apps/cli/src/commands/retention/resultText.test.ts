import { expect, test } from '@jest/globals'
import { retentionResultText } from './resultText.ts'

test.each([
  [[], {}, 'no partitions to drop'],
  [['nova_20261101', 'nova_20261108'], { timing: 0 }, 'dropped nova_20261101, nova_20261108'],
  [
    ['nova_20261101'],
    { timing: 12, lifecycle: 0, report: 1 },
    'dropped nova_20261101\ndeleted rows: timing 12, report 1',
  ],
])('partitions %j and aggregates %j', (partitions, aggregates, text) => {
  expect(retentionResultText({ partitions, aggregates })).toBe(text)
})
