import { describe, expect, test } from '@jest/globals'
import { reportTables } from './reportTables.ts'

describe('the tables of a report', () => {
  test('single values with their names', () => {
    expect(reportTables({ a: 1, b: { c: 2n, d: null } })).toEqual([
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

  test('metadata, then a list with its header', () => {
    expect(reportTables([{ total: 1 }, ['A', 'B'], [1, 2], [3, 4]])).toEqual([
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

  test('a list of objects, without their details', () => {
    expect(reportTables([{ codes: {} }, { req: 'r', details: [1], platform: ['a'] }])).toEqual([
      { head: ['req', 'platform'], rows: [['r', '["a"]']] },
    ])
  })

  test('lists with headers in another member', () => {
    const json = { summary: { n: 1 }, exist_fail_headers: ['Id', 'Why'], exist_fails: [[1, 'x']] }
    expect(reportTables(json)).toEqual([
      { head: ['', 'Value'], rows: [['summary n', 1]] },
      { head: ['Id', 'Why'], rows: [[1, 'x']] },
    ])
  })
})
