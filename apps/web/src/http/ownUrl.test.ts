import { expect, test } from '@jest/globals'
import { ownUrl } from './ownUrl.ts'

test.each([
  ['/', '/'],
  ['/search?from=a:b&q=//x', '/search?from=a:b&q=//x'],
  ['/usage/a:b', '/usage/a:b'],
  ['//evil.example/x?y', '/evil.example/x?y'],
  ['/\\evil.example/x', '/evil.example/x'],
  ['/\\/evil.example', '/evil.example'],
  ['http://evil.example/search?q=1', '/search?q=1'],
  ['http://evil.example', '/'],
  ['http://evil.example?x=1', '/?x=1'],
  ['http://evil.example//other.example', '/other.example'],
  ['javascript:alert(1)', '/'],
  ['*', '/*'],
])('%s becomes %s', (target, url) => {
  expect(ownUrl(target)).toBe(url)
})
