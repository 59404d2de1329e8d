import { describe, expect, test } from '@jest/globals'
import { tablesOf } from './print.ts'

describe('a report is shown as tables', () => {
  test('single values by their names', () => {
    expect(tablesOf({ a: 1, b: { c: 2n, d: null } })).toEqual([
      {
        head: ['', 'Value'],
        rows: [
          ['a', 1],
          ['b c', 2n],
          ['b d', null],
        ],
      },
    ])
  })

  test('a list below its header, after what the report says of the whole', () => {
    expect(tablesOf([{ total: 1 }, ['A', 'B'], [1, 2], [3, 4]])).toEqual([
      { head: ['', 'Value'], rows: [['total', 1]] },
      {
        head: ['A', 'B'],
        rows: [
          [1, 2],
          [3, 4],
        ],
      },
    ])
  })

  test('objects by their keys, without their details', () => {
    expect(tablesOf([{ codes: {} }, { req: 'r', details: [1], platform: ['a'] }])).toEqual([
      { head: ['req', 'platform'], rows: [['r', '["a"]']] },
    ])
  })

  test('lists with headers of their own', () => {
    const json = { summary: { n: 1 }, exist_fail_headers: ['Id', 'Why'], exist_fails: [[1, 'x']] }
    expect(tablesOf(json)).toEqual([
      { head: ['', 'Value'], rows: [['summary n', 1]] },
      { head: ['Id', 'Why'], rows: [[1, 'x']] },
    ])
  })
})
