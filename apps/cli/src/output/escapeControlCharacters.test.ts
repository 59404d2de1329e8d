import { expect, test } from '@jest/globals'
import { escapeControlCharacters } from './escapeControlCharacters.ts'

test.each([
  ['\u001b[2J\u001b]0;title\u0007', '\\x1b[2J\\x1b]0;title\\x07'],
  ['a\rb\bc\0', 'a\\x0db\\x08c\\x00'],
  ['\u009b2J\u007f', '\\x9b2J\\x7f'],
  ['nova ✓\n\tis well 𝄞', 'nova ✓\n\tis well 𝄞'],
])('%j is printed as %s', (text, escaped) => {
  expect(escapeControlCharacters(text)).toBe(escaped)
})
