import { expect, test } from '@jest/globals'
import { safeNext } from './safeNext.ts'

test.each([
  ['/instances/1?a=b&c=%20', '/instances/1?a=b&c=%20'],
  ['/', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/.//evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [undefined, '/'],
  [['/a'], '/'],
])('%j becomes %s', (next, expected) => {
  expect(safeNext(next)).toBe(expected)
})
