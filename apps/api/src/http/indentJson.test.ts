import { expect, test } from '@jest/globals'
import { indentJson } from './indentJson.ts'

test.each([
  ['["monitor.info",{"a":{},"b":[],"c":[1,-2.5,true,null],"d":{"e":"x"}}]'],
  ['["}{][,:\\"\\\\", "é\\u00e9 x", {"":{"2":1,"1":2}}]'.replace('"2":1,"1":2', '"a":1,"b":2').replace('\\u00e9', 'é')],
  ['"text"'],
  ['17'],
  ['{ "a" : { } , "b" : [\n] }'],
])('indents like JSON.stringify: %s', (text) => {
  expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2))
})

test('preserves digits, escapes, the order of keys, and repeated keys', () => {
  expect(indentJson('{"2":12345678901234567890,"1":1.10,"__proto__":"\\u0000\\u00e9","1":1E5}')).toBe(
    '{\n  "2": 12345678901234567890,\n  "1": 1.10,\n  "__proto__": "\\u0000\\u00e9",\n  "1": 1E5\n}',
  )
})

test('handles a string of a megabyte', () => {
  const text = JSON.stringify(['\\"x\n'.repeat(500_000)])
  expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2))
})
