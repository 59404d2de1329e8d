import { expect, test } from '@jest/globals'
import { memberPath } from './jsonPath.ts'

test.each([
  ['', 'payload', '.payload'],
  ['.payload', 'nova_object.data', '.payload["nova_object.data"]'],
  ['.roles', 0, '.roles[0]'],
  ['', 3, '.[3]'],
  ['', 'a b', '.["a b"]'],
  ['.a', 'quote"\n', '.a["quote\\"\\n"]'],
  ['.a', '0', '.a["0"]'],
])('%j and %j: %s', (path, key, expected) => {
  expect(memberPath(path, key)).toBe(expected)
})
