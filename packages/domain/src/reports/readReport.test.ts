import { describe, expect, test } from '@jest/globals'
import { compareReports } from './compareReports.ts'
import { glanceUsageAudit } from './glanceUsageAudit.ts'
import { novaUsageAudit } from './novaUsageAudit.ts'
import { readReport } from './readReport.ts'

const exists = [
  { status: 'verified', sendStatus: 201, count: 5 },
  { status: 'failed', sendStatus: 0, count: 1 },
]
const nova = novaUsageAudit.shape({
  periodic: exists,
  instantaneous: [],
  existsFailures: [{ id: 7, reason: 'no launch: none', deployment: 'west', host: null }],
  newLaunches: 2,
  oldLaunches: 3,
  launchFailures: [],
})

describe('a report as people read it', () => {
  test('has counts side by side, values, and tables with their headers', () => {
    const parts = readReport(nova)
    expect(parts.map(({ title }) => title)).toEqual([
      'summary verifier',
      'summary launch_summary',
      'exist_fails',
      'launch_fails',
    ])
    expect(parts[0]).toMatchObject({ kind: 'table', head: ['', 'periodic', 'instantaneous'] })
    expect(parts[0]).toHaveProperty('rows.0', ['count', 6, 0])
    expect(parts[1]).toMatchObject({
      entries: [
        ['new_launches', 2],
        ['old_launches', 3],
        ['failures', 0],
      ],
    })
    expect(parts[2]).toMatchObject({ rows: [[7, 'no launch: none', 'west', null]], total: 1 })
  })

  test('has a table with its first rows after its metadata', () => {
    const report = glanceUsageAudit.shape({
      exists,
      existsFailures: [
        { id: 1, reason: 'a' },
        { id: 2, reason: 'b' },
      ],
      newImages: 0,
      oldImages: 0,
      imagesWithoutExists: [],
    })
    expect(readReport(JSON.stringify(report), 1).at(-1)).toEqual({
      kind: 'table',
      title: '',
      head: ['Object', 'ID', 'Error Description'],
      rows: [['Exist', 1, 'a']],
      total: 2,
    })
  })

  test('has the members of similar objects as columns', () => {
    const flavor = Object.fromEntries(['1', '2', '3', '4'].map((id) => [id, { count: Number(id), unit_hours: 2 }]))
    expect(readReport({ total: 3, flavor })).toEqual([
      { kind: 'values', title: '', entries: [['total', 3]] },
      {
        kind: 'table',
        title: 'flavor',
        head: ['', 'count', 'unit_hours'],
        rows: [
          ['1', 1, 2],
          ['2', 2, 2],
          ['3', 3, 2],
          ['4', 4, 2],
        ],
        total: 4,
      },
    ])
  })

  test('has objects as rows without their details, and lists of texts', () => {
    const report = [
      { codes: { 404: 2 }, instances: { one: ['req-1', 'req-2'] } },
      { req: 'req-1', details: [1], code: null },
      { req: 'req-2', platform: ['a'] },
    ]
    expect(readReport(report)).toEqual([
      { kind: 'table', title: 'codes', head: ['', 'Count'], rows: [['404', 2]], total: 1 },
      { kind: 'table', title: 'instances', head: ['', 'Values'], rows: [['one', 'req-1, req-2']], total: 1 },
      {
        kind: 'table',
        title: '',
        head: ['req', 'code', 'platform'],
        rows: [
          ['req-1', null, undefined],
          ['req-2', undefined, '["a"]'],
        ],
        total: 2,
      },
    ])
  })

  test.each([[null], ['text'], [[]], [{}], [[['a'], [1]]], [5], [[1, 'a']]])('can be %j', (report) => {
    expect(() => readReport(report)).not.toThrow()
  })
})

describe('the comparison of two reports', () => {
  test('has the numbers that differ, by their place', () => {
    expect(compareReports({ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 4, e: 5 } })).toEqual([
      { name: 'b c', before: 2, after: 4 },
      { name: 'b e', before: null, after: 5 },
      { name: 'b d', before: 3, after: null },
    ])
  })

  test('compares rows by their names, and not the period', () => {
    const report = (requests: number) => [
      { start: requests, total: requests },
      ['Operation', 'Image', 'Min', 'Requests'],
      ['create', 'base', '52s', requests],
      ['delete', '', '0s', 1],
    ]
    expect(compareReports(report(1), report(2))).toEqual([
      { name: 'total', before: 1, after: 2 },
      { name: 'create base Requests', before: 1, after: 2 },
    ])
  })

  test('ignores lists of failures', () => {
    expect(compareReports({ exist_fails: [[1, 'a']] }, { exist_fails: [[2, 'b']] })).toEqual([])
  })
})
