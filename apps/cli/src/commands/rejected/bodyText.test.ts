import { expect, test } from '@jest/globals'
import { bodyText } from './bodyText.ts'

test('text stays text, with secrets redacted', () => {
  expect(bodyText(Buffer.from('nova is well ✓'), true)).toEqual({ encoding: 'utf-8', text: 'nova is well ✓' })
  expect(bodyText(Buffer.from('{"auth_token":"hush","a":1}'), true).text).toBe('{"auth_token":"<redacted>","a":1}')
  expect(bodyText(Buffer.alloc(0), true)).toEqual({ encoding: 'utf-8', text: '' })
})

test('text that is not JSON and may contain secrets is withheld, such as the beginning of a message', () => {
  const { text, note } = bodyText(Buffer.from('{"auth_token":"hush","payload":{"a'), true)
  expect({ text, note }).toEqual({ text: '', note: expect.stringContaining('--raw') })
})

test.each([
  ['Latin 1', Buffer.from('{"name":"ü","auth_token":"hush"}', 'latin1')],
  ['UTF-16', Buffer.from('\ufeff{"auth_token":"hush"}', 'utf16le')],
  ['UTF-16 without a byte order mark', Buffer.from('{"auth_token":"hush"}', 'utf16le')],
])('text in %s that may contain secrets is withheld, also in hexadecimal', (_, body) => {
  expect(bodyText(body, true)).toMatchObject({ text: '', note: expect.stringContaining('--raw') })
})

test('bytes that are not UTF-8 become hexadecimal', () => {
  expect(bodyText(Buffer.from([0x7b, 0xff]), true)).toEqual({ encoding: 'hex', text: '7bff' })
  expect(bodyText(Buffer.from([0x80, 0x80, 0x80, 0x80]), true).encoding).toBe('hex')
})

test.each(['é', '✓', '𝄞'])('a character %s that is cut in two is left out', (character) => {
  const whole = Buffer.from(`abc${character}`)
  expect(bodyText(whole, false).text).toBe(`abc${character}`)
  for (let end = 4; end < whole.length; end++) {
    expect(bodyText(whole.subarray(0, end), false)).toEqual({ encoding: 'utf-8', text: 'abc' })
    expect(bodyText(whole.subarray(0, end), true).encoding).toBe('hex')
  }
})
