import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomCases } from '../testkit/randomCases.ts'
import { replaceMembers } from './replaceMembers.ts'

const name = /pass|token/g

const cut = (text: string) => replaceMembers(text, name, '"-"')

test.each([
  ['{"pass":"a"}', '{"pass":"-"}'],
  ['{ "a" : 1, "my_password" :\n "a\\"b\\\\" , "b":[ ] }', '{ "a" : 1, "my_password" :\n "-" , "b":[ ] }'],
  ['{"pass":{"a":"}","b":["]","\\"}"]},"b":1}', '{"pass":"-","b":1}'],
  ['{"pass":[[1],{"pass":2}],"token":false}', '{"pass":"-","token":"-"}'],
  [
    '{"a":[{"token":1.50e3},{"token":"x"}],"n":12345678901234567890}',
    '{"a":[{"token":"-"},{"token":"-"}],"n":12345678901234567890}',
  ],
  ['{"pass":1,"pass":2}', '{"pass":"-","pass":"-"}'],
  ['{"b":"\\\\","pass":1\n}', '{"b":"\\\\","pass":"-"\n}'],
])('%s becomes %s', (text, clean) => {
  expect(cut(text)).toBe(clean)
})

test('empty values stay', () => {
  const text = '{"pass":null,"a_pass":"","b_pass":[ ],"c_pass":{\n},"token":null }'
  expect(cut(text)).toBe(text)
})

test.each([
  '{"a":"pass"}',
  '{"a":["pass"]}',
  '["token"]',
  '"token"',
  '{"a":"{\\"pass\\": 1}"}',
  '{"a":"\\"pass"}',
  '{"a":"pass\\": 1"}',
  '{"a\\\\pass":1}',
  '{"a":"x\\":pass"}',
])('%s has a name outside a key', (text) => {
  expect(cut(text)).toBeNull()
})

/** The same replacement, on parsed values. */
function replaceInValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaceInValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const empty = item === null || item === '' || JSON.stringify(item) === '[]' || JSON.stringify(item) === '{}'
      return [key, /pass|token/.test(key) && !empty ? '-' : replaceInValue(item)]
    }),
  )
}

test('any document has the same values as after replacement in its objects', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ':', ',', ' ', 'é') }),
    fc.string(),
  )
  const key = fc.oneof(
    fc.constantFrom('pass', 'token', 'my_pass_1', 'a', 'b'),
    fc.string({ unit: fc.constantFrom('a', ' ', ':', '{') }),
  )
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      fc.array(tie('document'), { maxLength: 4 }),
      fc.dictionary(key, tie('document'), { maxKeys: 5, noNullPrototype: true }),
    ),
  }))
  let cuts = 0
  fc.assert(
    fc.property(document, fc.constantFrom('', ' ', '\n\t'), (value, indent) => {
      const before = JSON.stringify(value, null, indent)
      const result = cut(before)
      if (result === null) return
      if (result !== before) cuts++
      expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify(replaceInValue(value))))
    }),
    { numRuns: randomCases(600) },
  )
  expect(cuts).toBeGreaterThan(30)
})

test('in linear time: quadratic, these texts would exceed the timeout of a test', () => {
  for (const piece of ['"pass":1,', '"pass":"\\\\\\"",', '"pass":{"a":[]},', `"${'pass'.repeat(50)}":null,`]) {
    const text = `{${piece.repeat(1_000_000 / piece.length)}"a":1}`
    expect(cut(text)).not.toBeNull()
  }
})

test('a key that is not accepted keeps its value, and members inside are replaced', () => {
  const accepts = (key: string, value: string) => key !== 'pass_type' && value !== '10'
  expect(replaceMembers('{"pass_type":{"token":"a"},"token":10,"pass":"b"}', name, '"-"', accepts)).toBe(
    '{"pass_type":{"token":"-"},"token":10,"pass":"-"}',
  )
})

test('names are searched in the given form of the text', () => {
  const text = '{"PASS":"A"}'
  expect(replaceMembers(text, name, '"-"', () => true, text.toLowerCase())).toBe('{"PASS":"-"}')
})
