import { expect, test } from '@jest/globals'
import { parseInstant } from '@stacktach/domain'
import { boundsOf } from './range.ts'

test('an open range includes every timestamp a notification can have, so no due exists is left unclaimed', () => {
  const [from, to] = boundsOf({ from: null, to: null })
  for (const text of [
    '0001-01-01 00:00:00',
    '1600-01-01 00:00:00',
    '2300-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
  ]) {
    const instant = parseInstant(text) ?? Number.NaN
    expect({ text, inside: from <= instant && instant <= to }).toEqual({ text, inside: true })
  }
  expect(boundsOf({ from: 5, to: 7 })).toEqual([5, 7])
})
