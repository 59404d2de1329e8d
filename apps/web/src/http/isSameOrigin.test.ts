import { expect, test } from '@jest/globals'
import { isSameOrigin } from './isSameOrigin.ts'

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-site', origin: 'http://a:8000', host: 'a:8000' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ origin: 'https://a:8000', host: 'a:8000' }, true],
  [{ origin: 'https://a', host: 'a:8000' }, false],
  [{ origin: 'null', host: 'a' }, false],
  [{ host: 'a' }, false],
  [{}, false],
])('%j: %s', (headers, expected) => {
  expect(isSameOrigin(headers)).toBe(expected)
})
