import { expect, test } from '@jest/globals'
import { parseInstant } from '@stacktach/domain'
import { boundsOf } from './range.ts'

test('an open range includes every timestamp a notification can have, so no due exists is left unclaimed', () => {
  const { from, until } = boundsOf({ from: null, until: null })
  for (const text of [
    '0001-01-01 00:00:00',
    '1600-01-01 00:00:00',
    '2300-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
  ]) {
    const instant = parseInstant(text) ?? Number.NaN
    expect({ text, inside: from <= instant && instant < until }).toEqual({ text, inside: true })
  }
  expect(boundsOf({ from: 5, until: 7 })).toEqual({ from: 5, until: 7 })
})
